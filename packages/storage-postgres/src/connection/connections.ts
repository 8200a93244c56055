import { isSynthaError } from "@syntha/core";
import { systemPause } from "@syntha/core/storage";
import { toFailure, unknownOutcome } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { ConnectionPool } from "./connection-pool.ts";
import type { PgConnection } from "./pg-connection.ts";
import { tenantSetting } from "./session-settings.ts";
import { ShardCalls } from "./shard-calls.ts";
import { isConflict, isDistributedPlanMissing, isPreparedStatementLost } from "./sqlstate.ts";
import type { Answer, Call } from "./statement.ts";
import { BEGIN_READ, BEGIN_READ_ON_SHARD, BEGIN_WRITE, Transaction } from "./transaction.ts";

const MAX_ATTEMPTS = 5;

/** Delays the connection's return to the pool until a promise has settled. */
type ReleaseAfter = (last: Promise<unknown>) => void;

/** Runs statements and transactions on the connections of the pool. */
export class Connections {
  readonly #settings: Settings;
  readonly #pool: ConnectionPool;
  readonly #shardCalls: ShardCalls;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#shardCalls = new ShardCalls(settings);
    this.#pool = new ConnectionPool(settings);
  }

  get isOpen(): boolean {
    return this.#pool.isOpen;
  }

  open(): void {
    this.#pool.open();
  }

  /** Accepts no more work, waits for calls in flight, and ends the pool if it is ours. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Runs `work` outside a transaction. It may be repeated, as by {@link writing}. */
  idempotent<T>(work: (connection: PgConnection) => Promise<T>): Promise<T> {
    return this.#retrying(() => this.use(work));
  }

  /** Runs a single statement in its own snapshot. */
  read(tenant: string, call: Call): Promise<Answer> {
    return this.#retrying(() =>
      this.use((connection, releaseAfter) =>
        connection.isDirect && !this.#settings.rowLevelSecurity
          ? connection.one(call)
          : this.#readingOn(connection, releaseAfter, tenant, (each) => each.one(call)),
      ),
    );
  }

  /** Runs statements in one snapshot; `work` may be repeated. */
  reading<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#retrying(() =>
      this.use((connection, releaseAfter) =>
        this.#readingOn(connection, releaseAfter, tenant, work),
      ),
    );
  }

  /**
   * Runs `work` in a transaction that writes. Unless it commits, it is rolled back; after a conflict it is repeated.
   * @throws UNKNOWN_OUTCOME when the connection is lost while the server commits
   */
  writing<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#retrying(() => this.#writingOnce(tenant, work));
  }

  /** Repeats work after a conflict, a lost prepared statement or a refused plan, all of which change nothing. */
  async #retrying<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isSynthaError(error)) throw error;
        if (isPreparedStatementLost(error.cause)) continue;
        if (isDistributedPlanMissing(error.cause)) {
          // The tables were distributed since the storage was opened.
          this.#settings.server.isDistributed = true;
          continue;
        }
        if (!isConflict(error.cause)) throw error;
        await systemPause(Math.random() * 2 ** attempt * 5);
      }
    }
  }

  #readingOn<T>(
    connection: PgConnection,
    releaseAfter: ReleaseAfter,
    tenant: string,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const { isDistributed } = this.#settings.server;
    const begin = isDistributed ? BEGIN_READ_ON_SHARD : BEGIN_READ;
    const before = isDistributed ? this.#shardCalls.reading(tenant) : [];
    const calls = [...this.#tenantCalls(tenant), ...before];
    const transaction = new Transaction(connection, begin, calls, isDistributed);
    return work(transaction).finally(() => releaseAfter(transaction.rollback()));
  }

  #writingOnce<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.use(async (connection, releaseAfter) => {
      const { isDistributed } = this.#settings.server;
      const before = isDistributed ? this.#shardCalls.writing(tenant) : [];
      const calls = [...this.#tenantCalls(tenant), ...before];
      const transaction = new Transaction(connection, BEGIN_WRITE, calls, isDistributed);
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
   * Lends a connection while `work` runs, and until the promise that it passes to `releaseAfter` has settled. Rejects
   * with SynthaErrors, and with other errors only for bugs.
   */
  async use<T>(
    work: (connection: PgConnection, releaseAfter: ReleaseAfter) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#pool.take();
    let last: Promise<unknown> | undefined;
    try {
      return await work(connection, (promise) => {
        last = promise;
      });
    } catch (error) {
      throw toFailure(error);
    } finally {
      const release = (): void => this.#pool.release(connection);
      if (last === undefined) release();
      else last.then(release, release);
    }
  }

  #tenantCalls(tenant: string): readonly Call[] {
    return this.#settings.rowLevelSecurity ? [tenantSetting(tenant)] : [];
  }
}
