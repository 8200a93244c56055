import pg, { type ClientBase, type Pool, type PoolClient, type PoolConfig } from "pg";
import { isSynthaError } from "@syntha/core";
import { toConnectFailure } from "../connect-failure.ts";
import { toFailure, unknownOutcome } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { isCollision, isSilence } from "../sqlstate.ts";
import { Link } from "./link.ts";
import { sever } from "./sever.ts";
import { forConnection, forTenant, forTransaction } from "./prelude.ts";
import type { Answer, Call } from "./statement.ts";
import { BEGIN_READ, BEGIN_WRITE, Transaction } from "./transaction.ts";

/** Losses of idle connections are of no interest: the pool makes new ones. */
const ignore = (): void => {};

/** How often a transaction that others were in the way of is tried again. */
const MOST_TRIES = 5;

/** The pool, ours or the user's, and transactions on its connections. */
export class Connections {
  readonly #settings: Settings;
  /** When a connection was last heard of, and when the last of them fell silent; by `performance.now()`. */
  readonly #heardAt = new WeakMap<ClientBase, number>();
  #silentAt = Number.NEGATIVE_INFINITY;
  /** Of connections of ours. */
  readonly #links = new WeakMap<ClientBase, Link>();
  /** How many use one, and who waits for the last of them. */
  #users = 0;
  readonly #idlers: (() => void)[] = [];
  #pool: Pool | undefined;
  /** Whether there ever was a connection: then its host is right. */
  #hasConnected = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get isOpen(): boolean {
    return this.#pool !== undefined;
  }

  open(): void {
    if (this.#pool !== undefined) return;
    const { source } = this.#settings;
    this.#pool = "pool" in source ? source.pool : new pg.Pool(poolConfig(this.#settings));
    this.#pool.on("error", ignore);
  }

  /** Lets nothing new in, waits for what is under way, and ends the pool if it is ours. */
  async close(): Promise<void> {
    const pool = this.#pool;
    if (pool === undefined) return;
    this.#pool = undefined;
    if (this.#users > 0) await new Promise<void>((resolve) => this.#idlers.push(resolve));
    // Of ours, the last connections may still be ending.
    if (this.#isOurs) await pool.end();
    else pool.off("error", ignore);
  }

  /** One statement that reads, in a snapshot of its own. */
  read(tenant: string, call: Call): Promise<Answer> {
    if (this.#isOurs && !this.#settings.rowLevelSecurity) return this.use((link) => link.one(call));
    return this.reading(tenant, (transaction) => transaction.one(call));
  }

  /** Statements that all read the same snapshot. */
  reading<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.use((link, letGo) => {
      const transaction = new Transaction(link, [BEGIN_READ, ...this.#prelude(tenant)]);
      return work(transaction).finally(() => letGo(transaction.rollback()));
    });
  }

  /**
   * A transaction that writes. What is not committed in the end is rolled back; where others were in the way, `work`
   * is done anew.
   * @throws UNKNOWN_OUTCOME when the connection is lost while the server commits
   */
  async writing<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#writingOnce(tenant, work);
      } catch (error) {
        if (tries === MOST_TRIES || !isSynthaError(error) || !isCollision(error.cause)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 ** tries * 5));
      }
    }
  }

  #writingOnce<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.use(async (link, letGo) => {
      const transaction = new Transaction(link, [BEGIN_WRITE, ...this.#prelude(tenant)]);
      try {
        return await work(transaction);
      } catch (error) {
        throw transaction.isUnknown ? unknownOutcome(toFailure(error)) : error;
      } finally {
        letGo(transaction.rollback());
      }
    });
  }

  /**
   * A connection for as long as `work` takes, and until what is let go with it has ended too. Rejections are
   * SynthaErrors, but for bugs.
   */
  async use<T>(
    work: (link: Link, letGo: (rest: Promise<unknown>) => void) => Promise<T>,
  ): Promise<T> {
    const pool = this.#pool;
    if (pool === undefined) throw new Error("The connections are used before they are open.");
    this.#users++;
    let client: PoolClient;
    try {
      client = await this.#takeSound(pool);
    } catch (error) {
      this.#leave();
      throw toConnectFailure(error, this.#hasConnected);
    }
    this.#hasConnected = true;
    const link = this.#linkOf(client);
    let rest: Promise<unknown> | undefined;
    try {
      if (this.#isOurs && !link.isSetUp) await link.setUp(forConnection(this.#settings));
      return await work(link, (promise) => {
        rest = promise;
      });
    } catch (error) {
      throw toFailure(error);
    } finally {
      const giveBack = (): void => {
        if (!this.#isOurs) link.leave();
        if (isSilence(link.broken)) this.#silentAt = performance.now();
        this.#heardAt.set(client, performance.now());
        client.release(link.broken);
        this.#leave();
      };
      if (rest === undefined) giveBack();
      else rest.then(giveBack, giveBack);
    }
  }

  #leave(): void {
    if (--this.#users === 0) for (const resolve of this.#idlers.splice(0)) resolve();
  }

  /** A connection of ours stays as it was set up; another's is ours only for a while. */
  #linkOf(client: ClientBase): Link {
    const known = this.#links.get(client);
    if (known !== undefined) return known;
    const link = new Link(client, this.#settings.statementMs);
    if (this.#isOurs) this.#links.set(client, link);
    return link;
  }

  get #isOurs(): boolean {
    return !("pool" in this.#settings.source);
  }

  /**
   * Where one connection has fallen silent, those that were idle meanwhile may be as dead: each would take as long to
   * find out, and a new one takes no time.
   */
  async #takeSound(pool: Pool): Promise<PoolClient> {
    for (;;) {
      const client = await this.#take(pool);
      const heardAt = this.#heardAt.get(client) ?? Number.POSITIVE_INFINITY;
      if (heardAt >= this.#silentAt) return client;
      sever(client);
      client.release(true);
    }
  }

  /** A user's pool may have no limit of its own for how long to wait for a connection. */
  #take(pool: Pool): Promise<PoolClient> {
    if (this.#isOurs) return pool.connect();
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(new Error("timeout exceeded when trying to connect"));
      }, this.#settings.busyMs);
      const taking = pool.connect().finally(() => clearTimeout(timer));
      taking.then((client) => (isLate ? client.release() : resolve(client)), reject);
    });
  }

  #prelude(tenant: string): readonly Call[] {
    const { rowLevelSecurity } = this.#settings;
    return [
      ...(this.#isOurs ? [] : [forTransaction(this.#settings)]),
      ...(rowLevelSecurity ? [forTenant(tenant)] : []),
    ];
  }
}

function poolConfig({ source, busyMs }: Settings): PoolConfig {
  if ("pool" in source) return {};
  return {
    connectionString: source.connectionString,
    max: source.connections,
    connectionTimeoutMillis: busyMs,
    keepAlive: true,
    pipeline: true,
    application_name: "syntha",
    // A program that has ended its work ends, closed or not.
    allowExitOnIdle: true,
  };
}
