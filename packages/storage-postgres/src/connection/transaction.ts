import { isStatementError } from "./sqlstate.ts";
import type { PgConnection } from "./pg-connection.ts";
import { type Answer, type Call, call, plain } from "./statement.ts";

export const BEGIN_WRITE = call(plain("BEGIN ISOLATION LEVEL READ COMMITTED"));
export const BEGIN_READ = call(plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
const COMMIT = call(plain("COMMIT"));
const ROLLBACK = call(plain("ROLLBACK"));

/** A transaction on a connection: its beginning travels with its first calls, its end with its last. */
export class Transaction {
  readonly #connection: PgConnection;
  #unsentBegin: readonly Call[];
  #isEnded = false;
  #isCommitting = false;

  /** @param before calls that travel with its beginning */
  constructor(connection: PgConnection, begin: Call, before: readonly Call[] = []) {
    this.#connection = connection;
    this.#unsentBegin = [begin, ...connection.transactionSettings, ...before];
  }

  /** Whether it may have been committed, although no answer told so. */
  get isUnknown(): boolean {
    return this.#isCommitting && !this.#isEnded;
  }

  async run(calls: readonly Call[]): Promise<readonly Answer[]> {
    const prelude = this.#unsentBegin;
    this.#unsentBegin = [];
    const answers = await this.#connection.run([...prelude, ...calls]);
    return answers.slice(prelude.length);
  }

  async one(each: Call): Promise<Answer> {
    const [answer] = await this.run([each]);
    return answer as Answer;
  }

  /** Runs what is left to do, and commits. */
  async commit(calls: readonly Call[] = []): Promise<void> {
    if (!this.#connection.isPipelined && calls.length > 0) await this.run(calls);
    // What can't be sent is not done.
    if (this.#connection.broken !== undefined) throw this.#connection.broken;
    this.#isCommitting = true;
    try {
      const answers = await this.run(this.#connection.isPipelined ? [...calls, COMMIT] : [COMMIT]);
      // What failed within turns a commit into a rollback; its own error was thrown before.
      this.#isEnded = true;
      if (answers.at(-1)?.command !== "COMMIT") throw new Error("The transaction was rolled back.");
    } catch (error) {
      if (isStatementError(error)) this.#isCommitting = false;
      throw error;
    }
  }

  /** Undoes it, unless it is over or its connection is. */
  async rollback(): Promise<void> {
    if (this.#isEnded || this.#connection.broken !== undefined || this.#unsentBegin.length > 0)
      return;
    this.#isEnded = true;
    await this.#connection.run([ROLLBACK]);
  }
}

/** Statements that all read the same snapshot, on one connection. */
export async function reading<T>(
  connection: PgConnection,
  work: (transaction: Transaction) => Promise<T>,
  before: readonly Call[] = [],
): Promise<T> {
  const transaction = new Transaction(connection, BEGIN_READ, before);
  try {
    return await work(transaction);
  } finally {
    await transaction.rollback();
  }
}
