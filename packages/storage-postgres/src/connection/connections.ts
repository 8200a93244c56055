import { isSynthaError } from "@syntha/core";
import { systemPause } from "@syntha/core/storage";
import { toFailure, unknownOutcome } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { isConflict, isPreparedStatementLost } from "./sqlstate.ts";
import type { PgConnection } from "./pg-connection.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { tenantSetting } from "./session-settings.ts";
import type { Answer, Call } from "./statement.ts";
import { BEGIN_READ, BEGIN_WRITE, Transaction } from "./transaction.ts";

/** How often a transaction that others were in the way of is tried again. */
const MAX_ATTEMPTS = 5;

/** Lets the connection go back only when this has ended too. */
type ReleaseAfter = (rest: Promise<unknown>) => void;

/** The pool, ours or the user's, and transactions on its connections. */
export class Connections {
  readonly #settings: Settings;
  readonly #pool: ConnectionPool;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#pool = new ConnectionPool(settings);
  }

  get isOpen(): boolean {
    return this.#pool.isOpen;
  }

  open(): void {
    this.#pool.open();
  }

  /** Lets nothing new in, waits for what is under way, and ends the pool if it is ours. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Work that does no harm when it is repeated, as `writing` is, but in no transaction. */
  idempotent<T>(work: (connection: PgConnection) => Promise<T>): Promise<T> {
    return this.#retrying(() => this.use(work));
  }

  /** One statement that reads, in a snapshot of its own. */
  read(tenant: string, call: Call): Promise<Answer> {
    return this.#retrying(() =>
      this.use((connection, releaseAfter) =>
        connection.isDirect && !this.#settings.rowLevelSecurity
          ? connection.one(call)
          : this.#readingOn(connection, releaseAfter, tenant, (transaction) =>
              transaction.one(call),
            ),
      ),
    );
  }

  /** Statements that all read the same snapshot; `work` may be repeated. */
  reading<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#retrying(() =>
      this.use((connection, releaseAfter) =>
        this.#readingOn(connection, releaseAfter, tenant, work),
      ),
    );
  }

  /**
   * A transaction that writes. What is not committed in the end is rolled back; where others were in the way, `work`
   * is done again.
   * @throws UNKNOWN_OUTCOME when the connection is lost while the server commits
   */
  writing<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#retrying(() => this.#writingOnce(tenant, work));
  }

  /** Repeats what a conflict with others ended, or the loss of prepared statements: nothing of it was done. */
  async #retrying<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (tries === MAX_ATTEMPTS || !isSynthaError(error)) throw error;
        if (isPreparedStatementLost(error.cause)) continue;
        if (!isConflict(error.cause)) throw error;
        await systemPause(Math.random() * 2 ** tries * 5);
      }
    }
  }

  #readingOn<T>(
    connection: PgConnection,
    releaseAfter: ReleaseAfter,
    tenant: string,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const transaction = new Transaction(connection, BEGIN_READ, this.#tenantCalls(tenant));
    return work(transaction).finally(() => releaseAfter(transaction.rollback()));
  }

  #writingOnce<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.use(async (connection, releaseAfter) => {
      const transaction = new Transaction(connection, BEGIN_WRITE, this.#tenantCalls(tenant));
      try {
        return await work(transaction);
      } catch (error) {
        throw transaction.isUnknown ? unknownOutcome(toFailure(error)) : error;
      } finally {
        releaseAfter(transaction.rollback());
      }
    });
  }

  /**
   * A connection for as long as `work` takes, and until what is let go with it has ended too. Rejections are
   * SynthaErrors, but for bugs.
   */
  async use<T>(
    work: (connection: PgConnection, releaseAfter: ReleaseAfter) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#pool.take();
    let rest: Promise<unknown> | undefined;
    try {
      return await work(connection, (promise) => {
        rest = promise;
      });
    } catch (error) {
      throw toFailure(error);
    } finally {
      const giveBack = (): void => this.#pool.release(connection);
      if (rest === undefined) giveBack();
      else rest.then(giveBack, giveBack);
    }
  }

  #tenantCalls(tenant: string): readonly Call[] {
    return this.#settings.rowLevelSecurity ? [tenantSetting(tenant)] : [];
  }
}
