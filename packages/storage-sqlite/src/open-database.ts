/**
 * What is asked of an open database of yours: every `Database` of better-sqlite3 is one. By its shape, so that programs
 * that only name a file need no types of the driver.
 */
export interface OpenDatabase {
  readonly open: boolean;
  readonly memory: boolean;
  readonly readonly: boolean;
  readonly name: string;
  readonly inTransaction: boolean;
  prepare(source: string): unknown;
  exec(source: string): unknown;
  pragma(source: string): unknown;
}
