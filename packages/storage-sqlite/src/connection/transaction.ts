import type { Database } from "better-sqlite3";
import { isDiskFailure, isRefusedCommit, unknownOutcome } from "../failure.ts";
import { type Command, command } from "./statement.ts";

/** Runs synchronous work in one transaction: nothing else of this process can come between. */
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

  /** False once the disk failed: what this connection has written may not be what the disk holds. */
  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /** One snapshot for several queries. */
  read<T>(work: () => T): T {
    return this.#run(this.#beginRead, work, () => true);
  }

  /**
   * What `work` wrote stays only if `keep` says so of its result.
   * @throws UNKNOWN_OUTCOME when the disk fails while it commits
   */
  write<T>(work: () => T, keep: (result: T) => boolean): T {
    return this.#run(this.#beginWrite, work, keep);
  }

  #run<T>(begin: Command, work: () => T, keep: (result: T) => boolean): T {
    begin.run();
    let isCommitting = false;
    try {
      const result = work();
      isCommitting = keep(result);
      (isCommitting ? this.#commit : this.#rollback).run();
      return result;
    } catch (error) {
      this.#undo();
      if (isDiskFailure(error)) this.#isTrusted = false;
      if (!isCommitting || isRefusedCommit(error)) throw error;
      this.#isTrusted = false;
      throw unknownOutcome(error);
    }
  }

  #undo(): void {
    // SQLite may have rolled back by itself, as it does when the disk is full.
    if (!this.#database.inTransaction) return;
    try {
      this.#rollback.run();
    } catch {
      this.#isTrusted = false;
    }
  }
}
