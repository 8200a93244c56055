import { pathToFileURL } from "node:url";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ColumnQuery, Command, Query } from "../sql/database.ts";
import type { FileDatabase, FileDriver, OpenSettings } from "./driver.ts";
import { lazyCommand, lazyQuery } from "./lazy-statement.ts";

type Library = { readonly DatabaseSync: typeof DatabaseSync };

/** Node has one copy of SQLite, whichever module or realm uses it. */
const COPY = "node:sqlite";

export function nodeSqliteDriver(library: Library): FileDriver {
  return {
    name: "node:sqlite",
    copy: COPY,
    openFile(path: string, { isReadOnly, waitMs }: OpenSettings): FileDatabase {
      const url = pathToFileURL(path);
      // A plain path would create a missing file, with permissions of the umask.
      url.searchParams.set("mode", isReadOnly ? "ro" : "rw");
      const options = { readOnly: isReadOnly, timeout: waitMs };
      return new NodeSqliteDatabase(new library.DatabaseSync(url, options));
    },
    openInMemory: () => new NodeSqliteDatabase(new library.DatabaseSync(":memory:")),
  };
}

/** A database of `node:sqlite`, opened by the storage or by the user. */
export class NodeSqliteDatabase implements FileDatabase {
  readonly handle: DatabaseSync;
  readonly copy = COPY;

  constructor(handle: DatabaseSync) {
    this.handle = handle;
  }

  get isOpen(): boolean {
    return this.handle.isOpen;
  }

  get isInMemory(): boolean {
    return this.handle.isOpen && this.handle.location() === null;
  }

  get isInTransaction(): boolean {
    return this.handle.isTransaction;
  }

  query(sql: string): Query {
    return lazyQuery(() => {
      const statement = this.#prepare(sql);
      statement.setReturnArrays(true);
      return statement as unknown as Query;
    });
  }

  column(sql: string): ColumnQuery {
    const query = this.query(sql);
    return { all: (...values) => query.all(...values).map(([value = null]) => value) };
  }

  command(sql: string): Command {
    return lazyCommand(() => this.#prepare(sql) as unknown as Command);
  }

  exec(sql: string): void {
    this.handle.exec(sql);
  }

  close(): void {
    this.handle.close();
  }

  #prepare(sql: string): StatementSync {
    const statement = this.handle.prepare(sql);
    // The user's database may be set to return 64-bit integers; all integers here fit a number.
    statement.setReadBigInts(false);
    return statement;
  }
}
