import type { Database } from "better-sqlite3";
import { adopt, openFile } from "./connection.ts";
import type { Settings } from "./settings.ts";
import { Get } from "./reads/get.ts";
import { query } from "./statement.ts";
import { Tables } from "./tables/index.ts";
import { Transactions } from "./transaction.ts";

/** An open database with everything that is prepared on it. */
export class Session {
  readonly #database: Database;
  readonly #isOurs: boolean;
  readonly tables: Tables;
  readonly transactions: Transactions;
  readonly get: Get;
  /** Changes when another connection commits. */
  readonly version: () => number;

  constructor(database: Database, isOurs: boolean) {
    this.#database = database;
    this.#isOurs = isOurs;
    this.tables = new Tables(database);
    this.transactions = new Transactions(database);
    this.get = new Get(database, isOurs, this.tables, this.transactions);
    const version = query<[number]>(database, "PRAGMA data_version");
    this.version = () => version.get()?.[0] ?? 0;
  }

  /** A user's database may have been closed by the user. */
  get isOpen(): boolean {
    return this.#database.open;
  }

  /** The last connection to close brings the write-ahead log into the file. */
  close(): void {
    if (this.#isOurs) this.#database.close();
  }
}

/** Opens once; throws when the database is locked. */
export function openSession({ source, durability }: Settings): Session {
  const sync = durability === "power" ? "FULL" : "NORMAL";
  if ("database" in source) {
    adopt(source.database, sync);
    return new Session(source.database, false);
  }
  const database = openFile(source, sync);
  try {
    return new Session(database, true);
  } catch (error) {
    database.close();
    throw error;
  }
}
