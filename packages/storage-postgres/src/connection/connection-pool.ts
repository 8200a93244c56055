import pg, { type Client, type ClientBase, type Pool, type PoolClient, type PoolConfig } from "pg";
import { isExhausted, toConnectFailure } from "./connect-failure.ts";
import type { Settings } from "../settings.ts";
import { isStalled, sqlstateOf } from "./sqlstate.ts";
import { activeProcesses } from "./active-processes.ts";
import { PgConnection, type PreparedStatements } from "./pg-connection.ts";
import { destroySocket } from "./destroy-socket.ts";
import { StallMonitor } from "./stall-monitor.ts";
import { WaitList } from "./wait-list.ts";

/** How often a server or pool without a free connection is asked again, beside whenever one comes back. */
const RETRY_MS = 100;

// As they were when this module was loaded: a test's fake clock must not make a call hang.
const { setTimeout: systemSetTimeout, clearTimeout: systemClearTimeout } = globalThis;

/** The loss of an idle connection changes nothing: the pool makes new ones. */
const ignore = (): void => {};

/** The connections of a pool, ours or the user's, each with a listener for its errors as soon as the pool has it. */
export class ConnectionPool {
  readonly #settings: Settings;
  #pool: Pool | undefined;
  /** The connections that the pool has lent since it is ours, until they are gone. */
  readonly #connections = new Map<ClientBase, PgConnection>();
  readonly #monitor: StallMonitor;
  readonly #preparedStatements: PreparedStatements = { areLost: false };
  /** Callers that found no connection. */
  readonly #queue = new WaitList();
  /** How many connections are lent, or waited for, and who waits until there are none. */
  #users = 0;
  readonly #closeWaiters: (() => void)[] = [];
  /** When the last connection stalled; by `performance.now()`. */
  #stalledAt = Number.NEGATIVE_INFINITY;
  /** Whether there ever was a connection: then its host is right. */
  #hasConnected = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#monitor = new StallMonitor(
      settings.busyMs,
      () => this.#connections.values(),
      (processIds) => activeProcesses(settings, processIds),
    );
  }

  get isOpen(): boolean {
    return this.#pool !== undefined;
  }

  /** Whether the pool is ours: nothing else uses its connections. */
  get isOurs(): boolean {
    return !("pool" in this.#settings.source);
  }

  open(): void {
    if (this.#pool !== undefined) return;
    const { source } = this.#settings;
    const pool = "pool" in source ? source.pool : new pg.Pool(poolConfig(this.#settings));
    this.#pool = pool;
    pool.on("error", ignore);
    // Synchronously: an error that arrives together with the end of the handshake, such as that the server shuts down, is
    // emitted before the code that waits for the connection runs.
    pool.on("acquire", this.#attach);
    pool.on("remove", this.#forget);
  }

  /** Lends no more connections, waits until all are back, and ends the pool if it is ours. */
  async close(): Promise<void> {
    const pool = this.#pool;
    if (pool === undefined) return;
    this.#pool = undefined;
    if (this.#users > 0) await new Promise<void>((resolve) => this.#closeWaiters.push(resolve));
    // Connections of ours may still be ending.
    if (this.isOurs) return pool.end();
    pool.off("error", ignore);
    pool.off("acquire", this.#attach);
    pool.off("remove", this.#forget);
    for (const connection of this.#connections.values()) connection.detach();
    this.#connections.clear();
  }

  /**
   * A sound connection, within `busyTimeout`. It comes back by `release`.
   * @throws UNAVAILABLE, MISCONFIGURED, CLOSED
   */
  async take(): Promise<PgConnection> {
    const pool = this.#pool;
    if (pool === undefined) throw new Error("The connections are used before they are open.");
    this.#users++;
    this.#monitor.start();
    try {
      const connection = await this.#takeHealthy(pool, performance.now() + this.#settings.busyMs);
      this.#hasConnected = true;
      return connection;
    } catch (error) {
      this.#decrementUsers();
      throw toConnectFailure(error, this.#hasConnected);
    }
  }

  release(connection: PgConnection): void {
    if (isStalled(connection.broken)) this.#stalledAt = performance.now();
    this.#return(connection);
    this.#queue.wakeFirst();
    this.#decrementUsers();
  }

  async #takeHealthy(pool: Pool, deadline: number): Promise<PgConnection> {
    if (this.#queue.length > 0) await this.#wait(deadline);
    let refusal: unknown;
    for (;;) {
      let client: PoolClient;
      try {
        client = await this.#connect(pool, deadline);
      } catch (error) {
        if (!isExhausted(error)) throw error;
        // The server's refusal says more than that its time was over in the end.
        if (refusal === undefined || sqlstateOf(error) !== undefined) refusal = error;
        await this.#wait(deadline);
        if (performance.now() >= deadline) throw refusal;
        continue;
      }
      this.#attach(client);
      const connection = this.#connections.get(client) as PgConnection;
      // Where one connection has stalled, those that were idle meanwhile may be as dead: each would take as long
      // to find out, and a new one takes no time.
      if (connection.lastUsedAt < this.#stalledAt) {
        this.#return(connection, true);
        continue;
      }
      try {
        if (connection.broken !== undefined) throw connection.broken;
        connection.acquire();
        if (this.isOurs && !connection.isSetUp) await connection.setUp();
        return connection;
      } catch (error) {
        this.#return(connection, true);
        throw error;
      }
    }
  }

  /** The more wait, the less often each of them tries: the server does not need to refuse them all. */
  #wait(deadline: number): Promise<void> {
    const leftMs = Math.max(0, deadline - performance.now());
    return this.#queue.wait(Math.min(leftMs, RETRY_MS * (1 + this.#queue.length)));
  }

  /** A user's pool may have another limit for how long to wait, or none; a connection that comes too late goes back. */
  #connect(pool: Pool, deadline: number): Promise<PoolClient> {
    if (this.isOurs) return pool.connect();
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = systemSetTimeout(
        () => {
          isLate = true;
          reject(new Error("timeout exceeded when trying to connect"));
        },
        Math.max(0, deadline - performance.now()),
      );
      const connecting = pool.connect().finally(() => systemClearTimeout(timer));
      connecting.then((client) => (isLate ? client.release() : resolve(client)), reject);
    });
  }

  readonly #attach = (client: PoolClient): void => {
    if (this.#connections.has(client)) return;
    this.#connections.set(
      client,
      new PgConnection(client as unknown as Client, this.#settings, this.#preparedStatements),
    );
  };

  /** Its listener stays: a connection that is gone may still have an error. */
  readonly #forget = (client: PoolClient): void => {
    this.#connections.delete(client);
  };

  #return(connection: PgConnection, isUnusable = connection.broken !== undefined): void {
    const client = connection.client as unknown as PoolClient;
    connection.release();
    client.release(isUnusable);
    // Destroyed, so that it emits no error later: a graceful end of a stalled one waits as long as the network does.
    if (isUnusable) destroySocket(client);
  }

  #decrementUsers(): void {
    if (--this.#users === 0) for (const resolve of this.#closeWaiters.splice(0)) resolve();
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
