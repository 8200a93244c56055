import type { EventEmitter } from "node:events";
import { InFlightCounter } from "@syntha/core/storage";
import pg, { type Client, type ClientBase, type Pool, type PoolClient, type PoolConfig } from "pg";
import { isExhausted, toConnectFailure } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { activeProcesses } from "./active-processes.ts";
import { destroySocket } from "./destroy-socket.ts";
import { PgConnection, type PreparedStatements } from "./pg-connection.ts";
import { isStalled, sqlstateOf } from "./sqlstate.ts";
import { StallMonitor } from "./stall-monitor.ts";
import { WaitList } from "./wait-list.ts";

/** The interval at which an exhausted server or pool is asked again, unless a connection is returned earlier. */
const RETRY_MS = 100;

// Read when this module is loaded: a test's fake clock must not make a call hang.
const { setTimeout: systemSetTimeout, clearTimeout: systemClearTimeout } = globalThis;

/** An idle connection that is lost needs no reaction: the pool makes new ones. */
const ignore = (): void => {};

/** The connections of our own or the user's pool. Each has an error listener from the moment the pool has it. */
export class ConnectionPool {
  readonly #settings: Settings;
  #pool: Pool | undefined;
  /** The connections that the pool has lent, until it removes them. */
  readonly #connections = new Map<ClientBase, PgConnection>();
  readonly #monitor: StallMonitor;
  readonly #preparedStatements: PreparedStatements = { areLost: false };
  /** Callers that found no free connection. */
  readonly #queue = new WaitList();
  /** Callers that use a connection or wait for one. */
  readonly #users = new InFlightCounter();
  /** When a connection last stalled, by `performance.now()`. */
  #stalledAt = Number.NEGATIVE_INFINITY;
  /** Whether there ever was a connection: then its host exists. */
  #hasConnected = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#monitor = new StallMonitor(
      settings.busyMs,
      () => this.#connections.values(),
      () => this.#users.count > 0,
      (processIds) => activeProcesses(settings, processIds),
    );
  }

  get isOpen(): boolean {
    return this.#pool !== undefined;
  }

  get #isOurs(): boolean {
    return !("pool" in this.#settings.source);
  }

  open(): void {
    if (this.#pool !== undefined) return;
    const { source } = this.#settings;
    const pool = "pool" in source ? source.pool : new pg.Pool(poolConfig(this.#settings));
    this.#pool = pool;
    pool.on("error", ignore);
    // Attached synchronously: an error that arrives with the end of the handshake, such as a shutdown of the server, is
    // emitted before the code that awaits the connection runs.
    pool.on("acquire", this.#attach);
    pool.on("remove", this.#forget);
  }

  /** Lends no more connections, waits until all are returned, and ends the pool if it is ours. */
  async close(): Promise<void> {
    const pool = this.#pool;
    if (pool === undefined) return;
    this.#pool = undefined;
    await this.#users.idle();
    // The listeners of our own pool stay: its connections may still be ending.
    if (this.#isOurs) return pool.end();
    pool.off("error", ignore);
    pool.off("acquire", this.#attach);
    pool.off("remove", this.#forget);
    for (const connection of this.#connections.values()) connection.detach();
    this.#connections.clear();
  }

  /**
   * Lends a healthy connection within `busyTimeout`; {@link release} returns it.
   * @throws UNAVAILABLE, MISCONFIGURED, CLOSED
   */
  async take(): Promise<PgConnection> {
    const pool = this.#pool;
    if (pool === undefined) throw new Error("The connection pool is not open.");
    this.#users.enter();
    this.#monitor.start();
    try {
      const connection = await this.#takeHealthy(pool, performance.now() + this.#settings.busyMs);
      this.#hasConnected = true;
      return connection;
    } catch (error) {
      this.#users.leave();
      throw toConnectFailure(error, this.#hasConnected);
    }
  }

  release(connection: PgConnection): void {
    if (isStalled(connection.broken)) this.#stalledAt = performance.now();
    this.#return(connection);
    this.#queue.wakeFirst();
    this.#users.leave();
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
        // The server's refusal says more than a timeout of the pool.
        if (refusal === undefined || sqlstateOf(error) !== undefined) refusal = error;
        await this.#wait(deadline);
        if (performance.now() >= deadline) throw refusal;
        continue;
      }
      this.#attach(client);
      const connection = this.#connections.get(client) as PgConnection;
      // Where one connection has stalled, those that were idle at the time may be dead too. Each would take its own
      // timeout to detect, and a new one is fast.
      if (connection.lastUsedAt < this.#stalledAt) {
        this.#return(connection, true);
        continue;
      }
      try {
        if (connection.broken !== undefined) throw connection.broken;
        connection.acquire();
        if (this.#isOurs && !connection.isSetUp) await connection.setUp();
        return connection;
      } catch (error) {
        this.#return(connection, true);
        throw error;
      }
    }
  }

  /** The more callers wait, the less often each retries: the server does not need to refuse them all. */
  #wait(deadline: number): Promise<void> {
    const leftMs = Math.max(0, deadline - performance.now());
    return this.#queue.wait(Math.min(leftMs, RETRY_MS * (1 + this.#queue.length)));
  }

  /** The user's pool may have no timeout or a longer one; a connection that arrives too late is returned. */
  #connect(pool: Pool, deadline: number): Promise<PoolClient> {
    if (this.#isOurs) return pool.connect();
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

  /** Keeps the error listener: a removed connection may still emit an error. */
  readonly #forget = (client: PoolClient): void => {
    this.#connections.delete(client);
  };

  #return(connection: PgConnection, isUnusable = connection.broken !== undefined): void {
    const client = connection.client as unknown as PoolClient;
    connection.release();
    client.release(isUnusable);
    // A graceful end of a stalled connection takes as long as the network's timeout, and may emit an error later.
    if (isUnusable) destroySocket(client);
  }
}

/**
 * Closes its socket if the handshake fails on our side, such as for want of a password. The driver leaves it open, which
 * keeps a process alive until the server's `authentication_timeout`.
 */
class DisconnectingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const { connection } = this as unknown as { readonly connection: EventEmitter };
    connection.on("error", () => destroySocket(this));
  }
}

function poolConfig({ source, busyMs }: Settings): PoolConfig {
  if ("pool" in source) return {};
  return {
    Client: DisconnectingClient,
    connectionString: source.connectionString,
    max: source.connections,
    connectionTimeoutMillis: busyMs,
    keepAlive: true,
    pipeline: true,
    application_name: "syntha",
    // A program that forgets to close the storage can still exit.
    allowExitOnIdle: true,
  };
}
