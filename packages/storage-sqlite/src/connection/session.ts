import { isAbsolute } from "node:path";
import { SynthaError } from "@syntha/core";
import type { FileDatabase, FileDriver } from "../drivers/driver.ts";
import { databaseIsLocked } from "../failure.ts";
import { type FileSource, IN_MEMORY, type Settings } from "../settings.ts";
import { type Query, query } from "../sql/database.ts";
import { checkTables } from "../migrations/check-tables.ts";
import { SyncStorage } from "../sync-storage.ts";
import { ensureFile, fileNameOf, requireFile } from "./database-file.ts";
import { FileGuard, type RecoverySteps } from "./file-guard.ts";
import { openDatabase, type Preparation, prepareDatabase } from "./open-database.ts";
import { registerOpenFile } from "./open-files.ts";
import { pragma } from "./pragma.ts";
import { Transactions } from "./transaction.ts";
import { checkWalOwner, registerWal } from "./wal-owners.ts";

interface OpenConnection {
  readonly database: FileDatabase;
  readonly transactions: Transactions;
  /** The prepared statements. */
  readonly storage: SyncStorage;
  /** Undefined for a database without a file. */
  readonly guard: FileGuard | undefined;
  readonly version: Query<[number]>;
  readonly log: string | undefined;
  /** Called when the database is closed. */
  readonly unregisterWal: () => void;
}

type LoadedSource =
  | (Omit<FileSource, "driver"> & { readonly driver: FileDriver })
  | { readonly database: FileDatabase };

/** What sessions are opened with: settings, and the loaded driver. */
export interface SessionSettings extends Omit<Settings, "source"> {
  readonly source: LoadedSource;
}

/** @throws MISCONFIGURED when the driver can't be loaded */
export async function loadDriver(settings: Settings): Promise<SessionSettings> {
  const { source } = settings;
  if ("database" in source) return { ...settings, source };
  return { ...settings, source: { ...source, driver: await source.driver.load() } };
}

/**
 * An open database, from opening to closing. States:
 * - *connected*: reads and writes use the connection.
 * - *distrusted*: the disk failed, so the connection's view of the file may differ from the disk. The next use renews the
 *   connection first. If that fails, the use rejects and the next one tries again.
 * - *displaced*: another file is at the path, or none. Uses reject with UNAVAILABLE until the same file is back.
 * - *closed*: by `close`. A database of the user's is also closed when the user closes it.
 */
export class Session {
  readonly #settings: SessionSettings;
  readonly #unregisterFile: () => void;
  #connection: OpenConnection;
  #renewals = 0;

  /** Makes one attempt; throws SQLITE_BUSY when the database is locked. */
  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.#unregisterFile = registerFile(settings);
    try {
      this.#connection = connect(settings);
    } catch (error) {
      this.#unregisterFile();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#ownsDatabase || this.#connection.database.isOpen;
  }

  /** @throws UNAVAILABLE when the file was deleted or replaced; the error of SQLite while a failed disk keeps failing */
  forRead(): SyncStorage {
    const { guard, storage } = this.#trustedConnection();
    guard?.beforeRead();
    return storage;
  }

  /** Throws as {@link forRead} does. */
  forWrite(): SyncStorage {
    const { guard, storage } = this.#trustedConnection();
    guard?.beforeWrite();
    return storage;
  }

  /** A number that changes when another connection commits; throws while the file is not in place. */
  version(): number {
    const { guard, version } = this.#trustedConnection();
    guard?.checkAll();
    return this.#renewals * 2 ** 32 + (version.get()?.[0] ?? 0);
  }

  /** The path of the write-ahead log; undefined for a database without a file. */
  get log(): string | undefined {
    return this.#connection.log;
  }

  /** The last connection that closes moves the write-ahead log into the file. */
  close(): void {
    if (this.#ownsDatabase) this.#connection.database.close();
    this.#connection.unregisterWal();
    this.#unregisterFile();
  }

  get #ownsDatabase(): boolean {
    return "path" in this.#settings.source;
  }

  #trustedConnection(): OpenConnection {
    if (!this.#connection.transactions.isTrusted) this.#renew();
    return this.#connection;
  }

  /**
   * The system reports a failed sync once and then drops the pages that it could not write, so a later commit could
   * depend on pages of the log that are not on the disk. Moving the log into the file writes and syncs all of them again.
   */
  #renew(): void {
    const { source } = this.#settings;
    const { database, guard, unregisterWal } = this.#connection;
    guard?.checkMain();
    if ("database" in source || source.path === IN_MEMORY) {
      checkpoint(database);
      this.#connection = toConnection(database, this.#settings, guard);
    } else {
      database.close();
      const { database: next } = openDatabase(
        source.driver,
        source.path,
        preparationOf(this.#settings),
      );
      this.#connection = closeOnError(next, () => {
        checkpoint(next);
        return toConnection(next, this.#settings, guard?.renewed(next));
      });
    }
    unregisterWal();
    this.#renewals++;
  }
}

const REOPEN_STORAGE: RecoverySteps = {
  close: "close all meshes on this storage",
  open: "open it again to use the file that is at the path then",
};
const REPLACE_DATABASE: RecoverySteps = {
  close: "close this Database",
  open: "open the file that is at the path with a new Database, and pass that to a new storage",
};

/** Runs before the file is opened; creates a missing file if tables may be created. */
function registerFile({ source, migrate }: SessionSettings): () => void {
  if ("database" in source) {
    const { database } = source;
    if (!database.isOpen) throw databaseIsClosed();
    const name = fileNameOf(database);
    if (name !== "" && !isAbsolute(name)) throw openedByDescriptor();
    return registerOpenFile(name, database);
  }
  if (source.path === IN_MEMORY) return () => {};
  if (migrate) ensureFile(source.path, source.mode);
  else requireFile(source.path);
  return registerOpenFile(source.path, { copy: source.driver.copy, isOpen: true });
}

function databaseIsClosed(): SynthaError {
  return new SynthaError("CLOSED", "The database that you passed is closed.", {
    hint: "Open another Database, and pass it to a new storage.",
  });
}

function openedByDescriptor(): SynthaError {
  return new SynthaError(
    "MISCONFIGURED",
    "A database that was opened by a file descriptor can't have a write-ahead log.",
    { hint: 'Open the Database by its path: new Database("mesh.db").' },
  );
}

function connect(settings: SessionSettings): OpenConnection {
  const { source } = settings;
  const preparation = preparationOf(settings);
  if ("database" in source) {
    const { database } = source;
    const guard = guardOf(database);
    checkWalOwner(fileNameOf(database));
    prepareDatabase(database, preparation);
    return toConnection(database, settings, guard?.renewed(database));
  }
  const { driver, path } = source;
  const { database, file } = openDatabase(driver, path, preparation);
  return closeOnError(database, () =>
    toConnection(database, settings, file && new FileGuard(database, path, REOPEN_STORAGE, file)),
  );
}

function toConnection(
  database: FileDatabase,
  { source, clock }: SessionSettings,
  guard: FileGuard | undefined,
): OpenConnection {
  const transactions = new Transactions(database);
  // Only a database of the user's can be in a transaction of the user's.
  const isInOtherTransaction =
    "database" in source ? (): boolean => database.isInTransaction : undefined;
  checkTables(database);
  const storage = new SyncStorage(database, transactions, { clock, isInOtherTransaction });
  const version = query<[number]>(database, "PRAGMA data_version");
  const name = fileNameOf(database);
  const log = name === "" ? undefined : `${name}-wal`;
  const unregisterWal = registerWal(name);
  return { database, guard, version, log, storage, transactions, unregisterWal };
}

function preparationOf({ durability, migrate }: SessionSettings): Preparation {
  return { sync: durability === "power" ? "FULL" : "NORMAL", migrate };
}

/** Guards of users' databases: the file that such a database has open is known only from its first use here. */
const guards = new WeakMap<object, FileGuard>();

function guardOf(database: FileDatabase): FileGuard | undefined {
  const name = fileNameOf(database);
  if (name === "") return undefined;
  const guard = guards.get(database.handle) ?? new FileGuard(database, name, REPLACE_DATABASE);
  guard.checkMain();
  guards.set(database.handle, guard);
  return guard;
}

/** @throws SQLITE_BUSY while another connection reads from the log */
function checkpoint(database: FileDatabase): void {
  const [busy] = pragma(database, "wal_checkpoint(TRUNCATE)") ?? [];
  // SQLite's function returns this as an error, the pragma as a row.
  if (busy === 1) throw databaseIsLocked();
}

function closeOnError<T>(database: FileDatabase, work: () => T): T {
  try {
    return work();
  } catch (error) {
    database.close();
    throw error;
  }
}
