import type { Clock, Storage } from "@syntha/core";

/** Which cases run: see {@link StorageContract.scope}. */
export type Scope = "wrapper" | "storage" | "all";

/** A storage, as its author passes it to the contract. */
export interface StorageContract {
  /** The storage's name in the title of every case, such as `"SQLite"`. */
  readonly name: string;
  /** Returns an empty storage that is not open yet and reads the time from `clock`. Called some dozens of times. */
  create(options: { readonly clock: Clock }): StorageFixture | Promise<StorageFixture>;
  /**
   * `"storage"` runs what a storage can break. `"wrapper"` runs about 50 of these cases, for a storage that forwards its
   * calls to one that passes them. `"all"` adds the rules that core alone decides, and random comparisons with a model.
   * @default "storage"
   */
  readonly scope?: Scope | undefined;
  /**
   * Random runs of each comparison, and of each race, which has at most four. A run takes 20 ms to some seconds. The
   * environment variable `SYNTHA_RUNS` overrides it.
   * @default 15
   */
  readonly runs?: number | undefined;
}

export interface StorageFixture {
  readonly storage: Storage;
  /**
   * Returns a storage of the same data, as another process has it after `storage` was closed. It need not be open. Omit
   * it when the data does not outlive the object: cases of a restart are skipped.
   */
  reopen?(): Promise<Storage>;
  /**
   * Returns a storage of the same data while `storage` is open, as another process has it. It need not be open. Omit it
   * when that is impossible: cases of two processes are skipped.
   */
  second?(): Promise<Storage>;
  /** Removes the data. Every storage of the fixture is closed by then. */
  cleanup(): Promise<void>;
}
