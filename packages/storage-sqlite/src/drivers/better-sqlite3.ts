import type SqliteDatabase from "better-sqlite3";
import type { ColumnQuery, Command, Query } from "../sql/database.ts";
import type { FileDatabase, FileDriver, OpenSettings } from "./driver.ts";
import { lazyColumn, lazyCommand, lazyQuery } from "./lazy-statement.ts";

type Library = typeof SqliteDatabase;

export function betterSqlite3Driver(Library: Library): FileDriver {
  let copy: unknown;
  return {
    name: "better-sqlite3",
    get copy() {
      return (copy ??= copyOfLibrary(Library));
    },
    openFile(path: string, { isReadOnly, waitMs }: OpenSettings): FileDatabase {
      const options = { readonly: isReadOnly, fileMustExist: true, timeout: waitMs };
      return new BetterSqlite3Database(new Library(path, options));
    },
    openInMemory: () => new BetterSqlite3Database(new Library(":memory:")),
  };
}

/** A database of better-sqlite3, opened by the storage or by the user. */
export class BetterSqlite3Database implements FileDatabase {
  readonly handle: SqliteDatabase.Database;

  constructor(handle: SqliteDatabase.Database) {
    this.handle = handle;
  }

  get copy(): unknown {
    return copyOf(this.handle);
  }

  get isOpen(): boolean {
    return this.handle.open;
  }

  get isInMemory(): boolean {
    return this.handle.memory;
  }

  get isInTransaction(): boolean {
    return this.handle.inTransaction;
  }

  query(sql: string): Query {
    // The user's database may be set to return 64-bit integers; all integers here fit a number.
    return lazyQuery(() => this.handle.prepare(sql).raw().safeIntegers(false) as unknown as Query);
  }

  column(sql: string): ColumnQuery {
    return lazyColumn(
      () => this.handle.prepare(sql).pluck().safeIntegers(false) as unknown as ColumnQuery,
    );
  }

  command(sql: string): Command {
    return lazyCommand(() => this.handle.prepare(sql).safeIntegers(false) as unknown as Command);
  }

  exec(sql: string): void {
    this.handle.exec(sql);
  }

  close(): void {
    this.handle.close();
  }
}

/**
 * Bundlers and test runners may load the library's class several times for one native addon, so the addon's class counts.
 */
function copyOf(database: SqliteDatabase.Database): unknown {
  const values = Object.getOwnPropertySymbols(database).map(
    (symbol) => (database as unknown as Record<symbol, unknown>)[symbol],
  );
  return values.find((value) => typeof value === "object" && value !== null)?.constructor;
}

function copyOfLibrary(Library: Library): unknown {
  const database = new Library(":memory:");
  try {
    return copyOf(database);
  } finally {
    database.close();
  }
}
