import type { Database } from "better-sqlite3";
import { isDiskFailure, isRefusedCommit, unknownOutcome } from "../failure.ts";
import { type Command, command } from "./statement.ts";

/** Runs synchronous work in a transaction, without interleaving within this process. */
export class Transactions {
  readonly #database: Database;
  readonly #beginRead: Command;
  readonly #beginWrite: Command;
  readonly #commit: Command;
  readonly #rollback: Command;
  #isTrusted = true;

  constructor(database: Database) {
    this.#database = database;
    this.#beginRead = command(database, "BEGIN");
    this.#beginWrite = command(database, "BEGIN IMMEDIATE");
    this.#commit = command(database, "COMMIT");
    this.#rollback = command(database, "ROLLBACK");
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
    if (!this.#database.inTransaction) return;
    try {
      this.#rollback.run();
    } catch {
      this.#isTrusted = false;
    }
  }
}
