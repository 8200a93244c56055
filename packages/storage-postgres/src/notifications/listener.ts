import {
  exponentialDelay,
  jittered,
  type KeyedListeners,
  MAX_TIMER_MS,
  systemPause,
} from "@syntha/core/storage";
import { isSynthaError } from "@syntha/core";
import pg, { type Client, type Notification } from "pg";
import { clientConfig } from "../connection/client-config.ts";
import type { Connections } from "../connection/connections.ts";
import { destroySocket } from "../connection/destroy-socket.ts";
import { PgConnection } from "../connection/pg-connection.ts";
import { sqlstateOf } from "../connection/sqlstate.ts";
import { type Answer, type Call, call, plain, quotedName } from "../connection/statement.ts";
import type { Settings } from "../settings.ts";
import type { Tables } from "../tables/index.ts";

const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 5_000;
const END_TIMEOUT_MS = 1_000;

type Run = (each: Call) => Promise<Answer>;

/**
 * Receives the notifications of other processes, on a connection outside the pool, for all commit listeners of this
 * process. It runs while there is a commit listener and is always in one of these states:
 *
 * - **Stopped**: there is no commit listener, or the storage is closed. `start` leads to *connecting*, and `stop` leads
 *   back here from every other state.
 * - **Connecting**: opens the connection. If it has its own server process, LISTEN is sent: *listening*. If it leads
 *   through a pooler: *polling*. If it fails: *waiting*.
 * - **Listening**: passes each notification on. A notification can be lost, so every `pollEvery` the heads of the watched
 *   tenants are compared with the last known ones. The first comparison comes right after LISTEN and covers the time
 *   without a connection. When the connection is lost: *waiting*.
 * - **Waiting**: compares the heads on a connection of the pool, then pauses before it goes back to *connecting*. The
 *   pause doubles with each failed attempt, from 50 ms up to `pollEvery` or 5 s.
 * - **Polling**: compares the heads on a connection of the pool every `pollEvery`, until it is stopped. It does not LISTEN,
 *   because a pooler delivers a notification to the client that has the server process at that moment.
 *
 * When neither connection answers any more, all commit listeners are called once: a watch then reads, receives the error
 * and reports the outage.
 */
export class Listener {
  readonly #connections: Connections;
  readonly #tables: Tables;
  readonly #settings: Settings;
  readonly #channel: string;
  readonly #listeners: KeyedListeners<string>;
  readonly #onNotification: (payload: string) => void;
  /** The last known head of each watched tenant. */
  #heads = new Map<string, string>();
  /** Undefined while stopped. */
  #stopping: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  /** True while polling. */
  #isPooled = false;
  /** Set while listening. */
  #connection: PgConnection | undefined;

  constructor(
    connections: Connections,
    tables: Tables,
    settings: Settings,
    channel: string,
    listeners: KeyedListeners<string>,
    onNotification: (payload: string) => void,
  ) {
    this.#connections = connections;
    this.#tables = tables;
    this.#settings = settings;
    this.#channel = channel;
    this.#listeners = listeners;
    this.#onNotification = onNotification;
  }

  start(): void {
    if (this.#stopping !== undefined) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#running = this.#running.then(() => this.#run(stopping.signal));
  }

  stop(): Promise<void> {
    this.#stopping?.abort();
    this.#stopping = undefined;
    return this.#running;
  }

  /** Runs calls on the listening connection; returns undefined unless there is one. */
  run(calls: readonly Call[]): Promise<readonly Answer[]> | undefined {
    return this.#connection?.run(calls);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { pollMs } = this.#settings;
    const maxPauseMs = Math.min(pollMs, MAX_PAUSE_MS);
    let couldRead = true;
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (!this.#isPooled && (await this.#listen(signal))) attempt = 0;
      if (signal.aborted) return;
      const comparing = this.#compareHeads((each) => this.#connections.read("", each));
      const canRead = await untilAborted(comparing, signal).then(
        () => true,
        () => false,
      );
      if (couldRead && !canRead) this.#listeners.emitAll();
      couldRead = canRead;
      const pauseMs = jittered(exponentialDelay(attempt, MIN_PAUSE_MS, maxPauseMs));
      await systemPause(this.#isPooled ? pollMs : pauseMs, signal);
    }
  }

  /** Listens until the connection is lost. Returns whether LISTEN succeeded. */
  async #listen(signal: AbortSignal): Promise<boolean> {
    const timeoutMs = Math.min(this.#settings.busyMs, this.#settings.statementMs);
    let client: Client;
    try {
      client = new pg.Client(clientConfig(this.#settings, timeoutMs));
    } catch {
      // A file that the connection string names has been deleted.
      return false;
    }
    const connection = new PgConnection(client, { ...this.#settings, statementMs: timeoutMs });
    const lost = new AbortController();
    client.on("end", () => lost.abort());
    client.on("error", () => lost.abort());
    client.on("notification", ({ payload = "" }: Notification) => this.#onNotification(payload));
    const ended = AbortSignal.any([signal, lost.signal]);
    try {
      await untilAborted(client.connect(), signal);
      connection.acquire();
      await untilAborted(connection.setUp(), ended);
      if (!ended.aborted) this.#isPooled = !connection.isDirect;
      if (connection.isDirect) {
        const listen = call(plain(`LISTEN ${quotedName(this.#channel)}`));
        await untilAborted(connection.one(listen), ended);
        this.#connection = connection;
        this.#heads.clear();
      }
      while (this.#connection === connection && !ended.aborted) {
        const comparing = this.#compareHeads((each) => connection.one(each));
        await untilAborted(comparing, ended);
        await systemPause(this.#settings.pollMs, ended);
      }
    } catch {
      // The next attempt follows after a pause.
    }
    const hasListened = this.#connection === connection;
    this.#connection = undefined;
    await end(client);
    return hasListened;
  }

  /**
   * Undefined if a worker of a Citus cluster is down. The tenants of the others go on, so each listener has to find out by
   * itself.
   */
  async #headsOf(tenants: readonly string[], run: Run): Promise<Answer | undefined> {
    try {
      return await run(call(this.#tables.tenants.heads, tenants));
    } catch (error) {
      if (this.#settings.server.isDistributed && isAnswered(error)) return undefined;
      throw error;
    }
  }

  /** Calls the listeners of the tenants whose head has changed since the last comparison. */
  async #compareHeads(run: Run): Promise<void> {
    // Under row level security a query sees one tenant at a time, and the listeners' own reads cost no more than that.
    if (this.#settings.rowLevelSecurity) {
      await run(call(plain("SELECT 1")));
      return this.#listeners.emitAll();
    }
    const tenants = this.#listeners.keys;
    if (tenants.length === 0) return;
    const answer = await this.#headsOf(tenants, run);
    if (answer === undefined) return this.#listeners.emitAll();
    const { rows } = answer;
    const heads = new Map(rows.map(([name, ...head]) => [name as string, head.join(".")]));
    const before = this.#heads;
    this.#heads = new Map(tenants.map((tenant) => [tenant, heads.get(tenant) ?? ""]));
    for (const [tenant, head] of this.#heads)
      if (before.get(tenant) !== head) this.#listeners.emit(tenant);
  }
}

/** Whether the server executed the statement and reported an error of it, so that the connection is in order. */
function isAnswered(error: unknown): boolean {
  const cause = isSynthaError(error) ? error.cause : error;
  return (
    sqlstateOf(cause) !== undefined &&
    (cause as { readonly severity?: unknown }).severity === "ERROR"
  );
}

/** Ends the connection gracefully if it answers in time. */
async function end(client: Client): Promise<void> {
  const ended = new AbortController();
  const ending = client.end().then(
    () => ended.abort(),
    () => ended.abort(),
  );
  await Promise.race([ending, systemPause(END_TIMEOUT_MS, ended.signal)]);
  if (!ended.signal.aborted) destroySocket(client);
}

/** Awaits the work, but not after the signal. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  try {
    await Promise.race([work, systemPause(MAX_TIMER_MS, either)]);
  } finally {
    settled.abort();
  }
}
