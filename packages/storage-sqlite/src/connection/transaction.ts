import type { FileDatabase } from "../drivers/driver.ts";
import { isDiskFailure, isRefusedCommit, unknownOutcome } from "../failure.ts";
import type { Command, SqlTransactions } from "../sql/database.ts";

/** Runs synchronous work in a transaction, without interleaving within this process. */
export class Transactions implements SqlTransactions {
  readonly #database: FileDatabase;
  readonly #beginRead: Command;
  readonly #beginWrite: Command;
  readonly #commit: Command;
  readonly #rollback: Command;
  #isTrusted = true;

  constructor(database: FileDatabase) {
    this.#database = database;
    this.#beginRead = database.command("BEGIN");
    this.#beginWrite = database.command("BEGIN IMMEDIATE");
    this.#commit = database.command("COMMIT");
    this.#rollback = database.command("ROLLBACK");
  }

  /** False after a failure of the disk: the disk may not hold what this connection has written. */
  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /** Runs queries in one snapshot. */
  read<T>(work: () => T): T {
    return this.#run(this.#beginRead, work, () => true);
  }

  /**
   * @param isKept Whether to commit after this result; otherwise the transaction is rolled back.
   * @throws UNKNOWN_OUTCOME when the disk fails during the commit
   */
  write<T>(work: () => T, isKept: (result: T) => boolean = () => true): T {
    return this.#run(this.#beginWrite, work, isKept);
  }

  #run<T>(begin: Command, work: () => T, isKept: (result: T) => boolean): T {
    begin.run();
    let isCommitting = false;
    try {
      const result = work();
      isCommitting = isKept(result);
      (isCommitting ? this.#commit : this.#rollback).run();
      return result;
    } catch (error) {
      this.#rollBack();
      if (isDiskFailure(error)) this.#isTrusted = false;
      if (!isCommitting || isRefusedCommit(error)) throw error;
      this.#isTrusted = false;
      throw unknownOutcome(error);
    }
  }

  #rollBack(): void {
    // SQLite rolls back by itself after some errors, such as a full disk.
    if (!this.#database.isInTransaction) return;
    try {
      this.#rollback.run();
    } catch {
      this.#isTrusted = false;
    }
  }
}
