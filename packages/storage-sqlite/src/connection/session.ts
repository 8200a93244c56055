import { isAbsolute } from "node:path";
import { SynthaError } from "@syntha/core";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { prepareDatabase, openDatabase, type SyncMode } from "./open-database.ts";
import { ensureFile } from "./database-file.ts";
import { type Advice, FileGuard, nameOf } from "./file-guard.ts";
import { checkWalOwner, registerWal } from "./wal-owners.ts";
import { IN_MEMORY, type Settings } from "../settings.ts";
import { registerOpenFile } from "./open-files.ts";
import { Get } from "../reads/get.ts";
import { type Query, query } from "./statement.ts";
import { Tables } from "../tables/index.ts";
import { Transactions } from "./transaction.ts";

/** What is prepared on an open database. */
export interface Prepared {
  readonly tables: Tables;
  readonly transactions: Transactions;
  readonly get: Get;
}

interface Connected extends Prepared {
  readonly database: Database;
  /** Undefined for a database without a file. */
  readonly guard: FileGuard | undefined;
  readonly version: Query<[number]>;
  /** Called when the database is closed. */
  readonly unregisterLog: () => void;
}

/** An open database. After a failure of the disk its connection is replaced before the next use. */
export class Session {
  readonly #settings: Settings;
  readonly #unregister: () => void;
  #connected: Connected;
  #renewals = 0;

  /** Opens once; throws when the database is locked. */
  constructor(settings: Settings) {
    this.#settings = settings;
    this.#unregister = register(settings);
    try {
      this.#connected = connect(settings);
    } catch (error) {
      this.#unregister();
      throw error;
    }
  }

  /** Only a user's database may have been closed by someone else. */
  get isOpen(): boolean {
    return this.#isOurs || this.#connected.database.open;
  }

  /** @throws UNAVAILABLE when the file was deleted or replaced; what SQLite throws when a failed disk stays so */
  forRead(): Prepared {
    const { guard } = this.#trusted();
    guard?.beforeRead();
    return this.#connected;
  }

  /** As `forRead`. */
  forWrite(): Prepared {
    const { guard } = this.#trusted();
    guard?.beforeWrite();
    return this.#connected;
  }

  /** Changes when another connection commits; throws while the file is not there. */
  version(): number {
    const { guard, version } = this.#trusted();
    guard?.checkAll();
    return this.#renewals * 2 ** 32 + (version.get()?.[0] ?? 0);
  }

  /** The last connection to close brings the write-ahead log into the file. */
  close(): void {
    if (this.#isOurs) this.#connected.database.close();
    this.#connected.unregisterLog();
    this.#unregister();
  }

  get #isOurs(): boolean {
    return "path" in this.#settings.source;
  }

  #trusted(): Connected {
    if (!this.#connected.transactions.isTrusted) this.#renew();
    return this.#connected;
  }

  /**
   * The system reports a failed sync once and then forgets what it could not write, so a later commit could rest on
   * pages of the log that are not on the disk. Moving the log into the file writes and syncs all of them again.
   */
  #renew(): void {
    const { source } = this.#settings;
    const { database, guard, unregisterLog } = this.#connected;
    guard?.checkMain();
    if ("database" in source || source.path === IN_MEMORY) {
      moveLogIntoFile(database);
      this.#connected = prepare(database, !("database" in source), guard);
    } else {
      database.close();
      const { database: next } = openDatabase(source.path, syncOf(this.#settings));
      this.#connected = closedOnFailure(next, () => {
        moveLogIntoFile(next);
        return prepare(next, true, guard?.renewed(next));
      });
    }
    unregisterLog();
    this.#renewals++;
  }
}

const REOPEN: Advice = {
  close: "close all meshes on this storage",
  open: "open it again to use the file that is at the path then",
};
const REPLACE: Advice = {
  close: "close this Database",
  open: "open the file that is at the path with a new Database, and hand that to a new storage",
};

/** Before the file is opened; makes it when there is none. */
function register({ source }: Settings): () => void {
  if ("database" in source) {
    const { database } = source;
    if (!database.open) throw isClosed();
    const name = nameOf(database);
    if (name !== "" && !isAbsolute(name)) throw hasNoPath();
    return registerOpenFile(name, database);
  }
  if (source.path === IN_MEMORY) return () => {};
  ensureFile(source.path, source.mode);
  return registerOpenFile(source.path);
}

function isClosed(): SynthaError {
  return new SynthaError("CLOSED", "The database that was handed in is closed.", {
    hint: "Open another Database, and hand it to a new storage.",
  });
}

function hasNoPath(): SynthaError {
  return new SynthaError(
    "MISCONFIGURED",
    "A database that was opened by a file descriptor can't have a write-ahead log.",
    { hint: 'Open the Database by its path: new Database("mesh.db").' },
  );
}

function connect(settings: Settings): Connected {
  const { source } = settings;
  const sync = syncOf(settings);
  if ("database" in source) {
    const { database } = source;
    const guard = guardOf(database);
    checkWalOwner(nameOf(database));
    prepareDatabase(database, sync);
    return prepare(database, false, guard?.renewed(database));
  }
  const { path } = source;
  const { database, file } = openDatabase(path, sync);
  return closedOnFailure(database, () =>
    prepare(database, true, file && new FileGuard(database, path, REOPEN, file)),
  );
}

function prepare(database: Database, isOurs: boolean, guard: FileGuard | undefined): Connected {
  const tables = new Tables(database);
  const transactions = new Transactions(database);
  const get = new Get(database, isOurs, tables, transactions);
  const version = query<[number]>(database, "PRAGMA data_version");
  const unregisterLog = registerWal(nameOf(database));
  return { database, guard, version, tables, transactions, get, unregisterLog };
}

function syncOf({ durability }: Settings): SyncMode {
  return durability === "power" ? "FULL" : "NORMAL";
}

/** Of databases of users: which file one has open is known only when it is seen first. */
const guards = new WeakMap<Database, FileGuard>();

function guardOf(database: Database): FileGuard | undefined {
  const name = nameOf(database);
  if (name === "") return undefined;
  const guard = guards.get(database) ?? new FileGuard(database, name, REPLACE);
  guard.checkMain();
  guards.set(database, guard);
  return guard;
}

/** @throws SQLITE_BUSY while another connection reads from the log */
function moveLogIntoFile(database: Database): void {
  const [result] = database.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
  // The pragma reports in a row what the function of SQLite reports as an error.
  if (result?.busy === 1) throw new SqliteDatabase.SqliteError("database is locked", "SQLITE_BUSY");
}

function closedOnFailure<T>(database: Database, work: () => T): T {
  try {
    return work();
  } catch (error) {
    database.close();
    throw error;
  }
}
