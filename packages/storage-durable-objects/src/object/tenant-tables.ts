import { type Clock, systemPause } from "@syntha/core/storage";
import {
  prepareTables,
  type SqlDatabase,
  type SqlTransactions,
  StepsRequired,
  SyncStorage,
} from "@syntha/storage-sqlite/sql";

/**
 * The tables of a tenant in its object. They exist from the first write that is kept to the drop of the tenant: a read of
 * a tenant that does not exist stores nothing.
 */
export class TenantTables {
  readonly #database: SqlDatabase & SqlTransactions;
  readonly #clock: Clock;
  /** Undefined until the tables are known to exist. */
  #storage: SyncStorage | undefined;

  constructor(database: SqlDatabase & SqlTransactions, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  read<T>(work: (storage: SyncStorage) => T): T {
    return this.#use(work, () => false);
  }

  /**
   * Runs `work` after any steps that it requires.
   * @param isKept Whether to keep tables that did not exist before.
   */
  async write<T>(work: (storage: SyncStorage) => T, isKept: (result: T) => boolean): Promise<T> {
    for (;;) {
      try {
        return this.#use(work, isKept);
      } catch (error) {
        if (!(error instanceof StepsRequired)) throw error;
        await this.runSteps((storage) => storage.runStep(error));
      }
    }
  }

  /** Runs steps, each in a transaction, until no work is left. Other calls run in between. */
  async runSteps(step: (storage: SyncStorage) => boolean): Promise<void> {
    while (!this.#use(step, () => false)) await systemPause(0);
  }

  /** The tables were removed. */
  forget(): void {
    this.#storage = undefined;
  }

  #use<T>(work: (storage: SyncStorage) => T, isKept: (result: T) => boolean): T {
    if (this.#storage === undefined && this.#hasTables()) this.#storage = this.#prepare();
    if (this.#storage !== undefined) return work(this.#storage);
    let storage: SyncStorage | undefined;
    const result = this.#database.write(() => {
      storage = this.#prepare();
      return work(storage);
    }, isKept);
    if (isKept(result)) this.#storage = storage;
    return result;
  }

  #hasTables(): boolean {
    const ledger = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'syntha_migration'";
    return this.#database.query(ledger).get() !== undefined;
  }

  /** Creates the tables, or runs pending migrations. */
  #prepare(): SyncStorage {
    prepareTables(this.#database, this.#database);
    return new SyncStorage(this.#database, this.#database, { clock: this.#clock });
  }
}
