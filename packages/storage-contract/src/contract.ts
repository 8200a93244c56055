import type { Clock, Storage } from "@syntha/core";

/** A storage as its author hands it to the contract. */
export interface StorageContract {
  /** Stands in front of every case, such as `"SQLite"`. */
  readonly name: string;
  /** An empty storage, not opened yet, that reads its time from `clock`. Asked for some dozens of times. */
  create(options: { readonly clock: Clock }): StorageFixture | Promise<StorageFixture>;
  /**
   * `"storage"` registers every case. `"wrapper"` registers those that touch each method once, for a storage that
   * forwards its calls to another one that passes the whole contract.
   * @default "storage"
   */
  readonly scope?: "storage" | "wrapper" | undefined;
  /**
   * Random plans that are compared with the model of the rules; one takes 20 to 500 ms. The environment variable
   * `SYNTHA_RUNS` overrides it.
   * @default 25
   */
  readonly plans?: number | undefined;
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
