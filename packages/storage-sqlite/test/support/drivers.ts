import { DatabaseSync } from "node:sqlite";
import type { OpenDatabase, OpenDatabaseSync, SqliteDriver } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";

/** A user's own connection, by the copy of SQLite that a driver uses. */
interface RawDatabase {
  /** The library's object, for the option `database`. */
  readonly handle: OpenDatabase | OpenDatabaseSync;
  exec(sql: string): void;
  /** The first column of the first row. */
  value(sql: string): unknown;
  close(): void;
}

export interface DriverCase {
  readonly name: "better-sqlite3" | "node:sqlite";
  /** Undefined is the default. */
  readonly driver: SqliteDriver | undefined;
  /** Opens a database that is closed at the end of the test. It waits a second for locks. */
  readonly open: (path: string) => RawDatabase;
  /** An error of the library with one of SQLite's codes. */
  readonly error: (name: string, code: number) => Error;
  /** What errors of the library have for one of SQLite's codes. */
  readonly cause: (name: string, code: number) => object;
}

export const drivers: readonly DriverCase[] = [
  {
    name: "better-sqlite3",
    driver: undefined,
    open(path) {
      const handle = new Database(path, { timeout: 1_000 });
      onTestFinished(() => void handle.close());
      return {
        handle,
        exec: (sql) => void handle.exec(sql),
        value: (sql) => handle.prepare(sql).pluck().get(),
        close: () => void handle.close(),
      };
    },
    error: (name) => new Database.SqliteError("disk I/O error", name),
    cause: (name) => ({ code: name }),
  },
  {
    name: "node:sqlite",
    driver: nodeSqlite(),
    open(path) {
      const handle = new DatabaseSync(path, { timeout: 1_000 });
      const close = (): void => {
        if (handle.isOpen) handle.close();
      };
      onTestFinished(close);
      return {
        handle,
        exec: (sql) => handle.exec(sql),
        value: (sql) => Object.values(handle.prepare(sql).get() ?? {})[0],
        close,
      };
    },
    error: (_, errcode) =>
      Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode }),
    cause: (_, errcode) => ({ code: "ERR_SQLITE_ERROR", errcode }),
  },
];
