import type { Storage } from "../storage/storage.ts";
import type { Clock } from "../time/clock.ts";

/** A storage as its author hands it to the contract. */
export interface StorageContract {
  /** Stands in front of every case, such as `"SQLite"`. */
  readonly name: string;
  /** An empty storage, not opened yet, that reads its time from `clock`. Asked for some dozens of times. */
  create(options: { readonly clock: Clock }): StorageFixture | Promise<StorageFixture>;
}

export interface StorageFixture {
  readonly storage: Storage;
  /** The same data, as another process would open it after `storage` was closed. Left out: nothing outlives the object. */
  reopen?(): Promise<Storage>;
  /** Another handle on the same data while `storage` is open, as another process has it. Left out: there is none. */
  second?(): Promise<Storage>;
  /** Removes what was made. Every storage given was closed before. */
  cleanup(): Promise<void>;
}
