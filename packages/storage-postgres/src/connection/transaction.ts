import type { PgConnection } from "./pg-connection.ts";
import { isStatementError } from "./sqlstate.ts";
import { type Answer, type Call, call, plain } from "./statement.ts";

export const BEGIN_WRITE = call(plain("BEGIN ISOLATION LEVEL READ COMMITTED"));
export const BEGIN_READ = call(plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
/** For reads that hold a tenant on its shard by a statement that counts as a write. */
export const BEGIN_READ_ON_SHARD = call(plain("BEGIN ISOLATION LEVEL REPEATABLE READ"));
const COMMIT = call(plain("COMMIT"));
const ROLLBACK = call(plain("ROLLBACK"));

/** A transaction on a connection. BEGIN is sent with its first calls, COMMIT with its last ones. */
export class Transaction {
  readonly #connection: PgConnection;
  /** Whether each statement is executed by the Citus worker that has the tenant. */
  readonly isDistributed: boolean;
  #unsentBegin: readonly Call[];
  #isEnded = false;
  #isCommitting = false;
  /** Resolves when the call that was sent along with COMMIT has ended. */
  #following: Promise<void> | undefined;

  /** @param before calls that are sent with BEGIN */
  constructor(
    connection: PgConnection,
    begin: Call,
    before: readonly Call[] = [],
    isDistributed = false,
  ) {
    this.#connection = connection;
    this.isDistributed = isDistributed;
    this.#unsentBegin = [begin, ...connection.transactionSettings, ...before];
  }

  /** Whether COMMIT was sent but not answered, so that the transaction may or may not be committed. */
  get isUnknown(): boolean {
    return this.#isCommitting && !this.#isEnded;
  }

  /** Whether a call can be sent along with COMMIT, to be executed once that has ended. */
  get canFollow(): boolean {
    return this.#connection.isPipelined && this.#connection.isDirect;
  }

  async run(calls: readonly Call[], following?: Call): Promise<readonly Answer[]> {
    const begin = this.#unsentBegin;
    this.#unsentBegin = [];
    const all = [...begin, ...calls];
    if (following === undefined) return (await this.#connection.run(all)).slice(begin.length);
    const { answers, ended } = this.#connection.runWith(all, following);
    this.#following = ended;
    return (await answers).slice(begin.length);
  }

  async one(each: Call): Promise<Answer> {
    const [answer] = await this.run([each]);
    return answer as Answer;
  }

  /**
   * Runs the last calls and commits.
   * @param following sent along with COMMIT, and executed whether or not that succeeds. Only if {@link canFollow}.
   */
  async commit(calls: readonly Call[] = [], following?: Call): Promise<void> {
    const { isPipelined } = this.#connection;
    if (!isPipelined && calls.length > 0) await this.run(calls);
    // Calls that can't be sent are not committed.
    if (this.#connection.broken !== undefined) throw this.#connection.broken;
    this.#isCommitting = true;
    try {
      const answers = await this.run(isPipelined ? [...calls, COMMIT] : [COMMIT], following);
      // After an error inside the transaction, the server answers COMMIT with ROLLBACK; the error was thrown before.
      this.#isEnded = true;
      if (answers.at(-1)?.command !== "COMMIT") throw new Error("The transaction was rolled back.");
    } catch (error) {
      // The server answers COMMIT with ROLLBACK after an error of a call before it, such as the loss of a Citus worker.
      if (isStatementError(error) || this.#connection.hasRolledBack) this.#isCommitting = false;
      throw error;
    }
  }

  /**
   * Resolves when the connection can be used for something else. Only waits if the transaction has ended, was never sent,
   * or its connection is broken.
   */
  async rollback(): Promise<void> {
    await this.#following;
    const { broken } = this.#connection;
    if (this.#isEnded || broken !== undefined || this.#unsentBegin.length > 0) return;
    this.#isEnded = true;
    await this.#connection.run([ROLLBACK]);
  }
}

/** Runs `work` in one snapshot. */
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
