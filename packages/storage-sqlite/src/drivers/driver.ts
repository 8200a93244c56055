import type { SqlDatabase } from "../sql/database.ts";

/** An open database of a library that works with files. Errors have SQLite's code, by {@link driverCode}. */
export interface FileDatabase extends SqlDatabase {
  /** The library's own object. */
  readonly handle: object;
  /** Identifies the copy of SQLite in this process; undefined for an object that only has the shape of a database. */
  readonly copy: unknown;
  readonly isOpen: boolean;
  readonly isInMemory: boolean;
  readonly isInTransaction: boolean;
  close(): void;
}

export interface OpenSettings {
  readonly isReadOnly: boolean;
  /** How long the library may block the process to wait for a lock, in milliseconds. */
  readonly waitMs: number;
}

/** Opens files with one library. */
export interface FileDriver {
  /** The library's name, as a user imports it. */
  readonly name: string;
  /** As {@link FileDatabase.copy} of its databases. */
  readonly copy: unknown;
  /** Opens an existing file, and never creates one. */
  openFile(path: string, settings: OpenSettings): FileDatabase;
  openInMemory(): FileDatabase;
}

/** A library that opens files, which is loaded when a storage first uses it. */
export interface SqliteDriver {
  /** The library's name, as it is imported. */
  readonly name: string;
  /** Called by the storage. */
  load(): FileDriver | Promise<FileDriver>;
}
