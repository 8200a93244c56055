import { type Clock, newRandomId, pageOf, systemClock } from "@syntha/core/storage";
import type {
  Command,
  Presence,
  Query,
  SqlDatabase,
  SqlTransactions,
} from "@syntha/storage-sqlite/sql";
import type {
  DirectoryEntry,
  DirectoryMethods,
  DirectoryPage,
  Registration,
} from "../protocol/methods.ts";
import { isRecent, STALE_AFTER_MS } from "./registration.ts";

/**
 * `version` is random, and changes with every change. `is_confirmed` is 0 while the tenant may or may not exist. An
 * operation is one that creates or removes the tenant, and has begun and not ended.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS syntha_directory (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  is_confirmed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS syntha_directory_operation (
  name TEXT NOT NULL,
  id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (name, id)
) STRICT, WITHOUT ROWID;
`;

/**
 * The names of the tenants, since a namespace can't list its objects. A name is recorded before its tenant is created,
 * and removed after its tenant is. In between, and after a crash in between, the entry is not confirmed: who lists it
 * asks the tenant's object.
 *
 * What the object answered is recorded only if the entry did not change since it was read, and no operation is in
 * progress. So an operation that starts or ends meanwhile is never undone.
 */
export class Directory implements DirectoryMethods {
  readonly #database: SqlDatabase & SqlTransactions;
  readonly #clock: Clock;
  #statements: Statements | undefined;

  /** @param clock The system's, whatever the time of commits is. */
  constructor(database: SqlDatabase & SqlTransactions, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  beginOperation(tenantId: string): Registration {
    const registration = { id: newRandomId(), at: this.#clock() };
    return this.#write(({ put, putOperation }) => {
      put.run(tenantId, registration.id, 0);
      putOperation.run(tenantId, registration.id, registration.at);
      return registration;
    });
  }

  endOperation(tenantId: string, { id, at }: Registration, presence: Presence): void {
    this.#write((statements) => {
      statements.removeOperation.run(tenantId, id);
      if (this.#settle(statements, { tenantId, version: id, at }, presence)) return;
      // Another operation began meanwhile. A listing that read the entry before this one ended must not settle it.
      if (statements.version.get(tenantId) !== undefined)
        statements.put.run(tenantId, newRandomId(), 0);
    });
  }

  listEntries({ after, limit }: { after: string; limit: number }): DirectoryPage {
    const rows = this.#use(({ list }) => list.all(after, limit + 1)) as [string, number, 0 | 1][];
    const { page, next } = pageOf(
      rows.map(([name]) => name),
      limit,
    );
    const entries = rows
      .slice(0, page.length)
      .map(([tenantId, version, isConfirmed]): DirectoryEntry => ({
        tenantId,
        version,
        isConfirmed: isConfirmed === 1,
      }));
    return { entries, next, at: this.#clock() };
  }

  settleEntry({ tenantId, version }: DirectoryEntry, at: number, presence: Presence): void {
    this.#write((statements) => this.#settle(statements, { tenantId, version, at }, presence));
  }

  /** Returns whether it counted: nothing has happened since the entry was read, which is not long ago. */
  #settle(
    { version, operations, put, remove, removeOperations }: Statements,
    read: { readonly tenantId: string; readonly version: number; readonly at: number },
    presence: Presence,
  ): boolean {
    const { tenantId } = read;
    const now = this.#clock();
    if (version.get(tenantId)?.[0] !== read.version || !isRecent(read.at, now)) return false;
    if (operations.get(tenantId, now - STALE_AFTER_MS) !== undefined) return false;
    removeOperations.run(tenantId);
    if (presence === "none") remove.run(tenantId);
    else put.run(tenantId, newRandomId(), presence === "complete" ? 1 : 0);
    return true;
  }

  #write<T>(work: (statements: Statements) => T): T {
    // Before the transaction: if that is rolled back, the tables stay.
    const statements = this.#use((each) => each);
    return this.#database.write(() => work(statements));
  }

  #use<T>(work: (statements: Statements) => T): T {
    if (this.#statements === undefined) {
      this.#database.exec(TABLES);
      this.#statements = prepare(this.#database);
    }
    return work(this.#statements);
  }
}

interface Statements {
  readonly version: Query;
  readonly list: Query;
  readonly put: Command;
  readonly remove: Command;
  /** Operations that began after a time. */
  readonly operations: Query;
  readonly putOperation: Command;
  readonly removeOperation: Command;
  readonly removeOperations: Command;
}

function prepare(database: SqlDatabase): Statements {
  return {
    version: database.query("SELECT version FROM syntha_directory WHERE name = ?"),
    list: database.query(
      "SELECT name, version, is_confirmed FROM syntha_directory WHERE name > ? ORDER BY name LIMIT ?",
    ),
    put: database.command(
      `INSERT INTO syntha_directory (name, version, is_confirmed) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET version = excluded.version, is_confirmed = excluded.is_confirmed`,
    ),
    remove: database.command("DELETE FROM syntha_directory WHERE name = ?"),
    operations: database.query(
      "SELECT 1 FROM syntha_directory_operation WHERE name = ? AND at > ? LIMIT 1",
    ),
    putOperation: database.command(
      "INSERT INTO syntha_directory_operation (name, id, at) VALUES (?, ?, ?)",
    ),
    removeOperation: database.command(
      "DELETE FROM syntha_directory_operation WHERE name = ? AND id = ?",
    ),
    removeOperations: database.command("DELETE FROM syntha_directory_operation WHERE name = ?"),
  };
}
