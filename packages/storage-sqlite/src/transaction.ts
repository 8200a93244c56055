import type { Database } from "better-sqlite3";
import { type Command, command } from "./statement.ts";

/** Runs synchronous work in one transaction: nothing else of this process can come between. */
export class Transactions {
  readonly #database: Database;
  readonly #beginRead: Command;
  readonly #beginWrite: Command;
  readonly #commit: Command;
  readonly #rollback: Command;

  constructor(database: Database) {
    this.#database = database;
    this.#beginRead = command(database, "BEGIN");
    this.#beginWrite = command(database, "BEGIN IMMEDIATE");
    this.#commit = command(database, "COMMIT");
    this.#rollback = command(database, "ROLLBACK");
  }

  /** One snapshot for several queries. */
  read<T>(work: () => T): T {
    return this.#run(this.#beginRead, work, () => true);
  }

  /** What `work` wrote stays only if `keep` says so of its result. */
  write<T>(work: () => T, keep: (result: T) => boolean): T {
    return this.#run(this.#beginWrite, work, keep);
  }

  #run<T>(begin: Command, work: () => T, keep: (result: T) => boolean): T {
    begin.run();
    try {
      const result = work();
      (keep(result) ? this.#commit : this.#rollback).run();
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself, as it does when the disk is full.
      if (this.#database.inTransaction) this.#rollback.run();
      throw error;
    }
  }
}
