import { systemPause } from "@syntha/core/storage";
import pg, { type Client, type Notification } from "pg";
import { clientConfig } from "../connection/client-config.ts";
import type { Connections } from "../connection/connections.ts";
import { PgConnection } from "../connection/pg-connection.ts";
import { destroySocket } from "../connection/destroy-socket.ts";
import { type Answer, type Call, call, plain } from "../connection/statement.ts";
import type { Settings } from "../settings.ts";
import type { Tables } from "../tables/index.ts";
import { quotedName } from "../connection/statement.ts";
import type { CommitListeners } from "./commit-listeners.ts";

const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 5_000;
const END_TIMEOUT_MS = 1_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

type Run = (each: Call) => Promise<Answer>;

/**
 * A connection of its own that waits for notifications, however many wait for them in this process. When it is lost
 * it connects anew, listens, and only then has everybody look at what happened meanwhile. Until then the heads are
 * looked at on the pool's connections.
 */
export class Listener {
  readonly #connections: Connections;
  readonly #tables: Tables;
  readonly #settings: Settings;
  readonly #channel: string;
  readonly #listeners: CommitListeners;
  readonly #onNotification: (payload: string) => void;
  /** By tenant, its head at the last look; nobody's is known to a connection that starts to listen. */
  #heads = new Map<string, string>();
  #stopping: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  /**
   * Whether a pooler lends connections: what listens there is whoever has the process of the server when a notification
   * comes, and it would go on to listen for others. So nothing listens, and the heads are looked at.
   */
  #isPooled = false;
  /** While it listens. */
  #connection: PgConnection | undefined;

  constructor(
    connections: Connections,
    tables: Tables,
    settings: Settings,
    channel: string,
    bells: CommitListeners,
    hear: (payload: string) => void,
  ) {
    this.#connections = connections;
    this.#tables = tables;
    this.#settings = settings;
    this.#channel = channel;
    this.#listeners = bells;
    this.#onNotification = hear;
  }

  start(): void {
    if (this.#stopping !== undefined) return;
    const life = new AbortController();
    this.#stopping = life;
    this.#running = this.#running.then(() => this.#run(life.signal));
  }

  stop(): Promise<void> {
    this.#stopping?.abort();
    this.#stopping = undefined;
    return this.#running;
  }

  /** Undefined while it does not listen. */
  run(calls: readonly Call[]): Promise<readonly Answer[]> | undefined {
    return this.#connection?.run(calls);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { pollMs } = this.#settings;
    const longest = Math.min(pollMs, MAX_PAUSE_MS);
    let couldLook = true;
    for (let pauseMs = MIN_PAUSE_MS; !signal.aborted;) {
      if (!this.#isPooled && (await this.#listen(signal))) pauseMs = MIN_PAUSE_MS;
      if (signal.aborted) return;
      const looking = this.#compareHeads((each) => this.#connections.read("", each));
      const canLook = await untilAborted(looking, signal).then(
        () => true,
        () => false,
      );
      // A listener that reads now gets the error, and reports it: without a call, none would learn of the outage.
      if (couldLook && !canLook) this.#listeners.notifyAll();
      couldLook = canLook;
      const jitter = 0.5 + Math.random() / 2;
      await systemPause(this.#isPooled ? pollMs : Math.min(pauseMs, longest) * jitter, signal);
      pauseMs = Math.min(pauseMs * 2, longest);
    }
  }

  /** Listens until the connection is lost; returns whether it ever did. */
  async #listen(signal: AbortSignal): Promise<boolean> {
    let client: Client;
    try {
      client = new pg.Client(clientConfig(this.#settings, timeoutOf(this.#settings)));
    } catch {
      // A file that the connection string names was taken away.
      return false;
    }
    const connection = new PgConnection(client, {
      ...this.#settings,
      statementMs: timeoutOf(this.#settings),
    });
    const lost = new AbortController();
    client.on("end", () => lost.abort());
    client.on("error", () => lost.abort());
    client.on("notification", ({ payload = "" }: Notification) => this.#onNotification(payload));
    const over = AbortSignal.any([signal, lost.signal]);
    try {
      await untilAborted(client.connect(), signal);
      connection.acquire();
      await untilAborted(connection.setUp(), over);
      if (!over.aborted) this.#isPooled = !connection.isDirect;
      if (connection.isDirect) {
        await untilAborted(
          connection.run([call(plain(`LISTEN ${quotedName(this.#channel)}`))]),
          over,
        );
        this.#connection = connection;
        this.#heads.clear();
      }
      while (this.#connection === connection && !over.aborted) {
        await untilAborted(
          this.#compareHeads((each) => connection.one(each)),
          over,
        );
        await systemPause(this.#settings.pollMs, over);
      }
    } catch {
      // Lost, or not to be had: again in a while.
    }
    const didListen = this.#connection === connection;
    this.#connection = undefined;
    await end(client);
    return didListen;
  }

  /** Rings for whose head is another than at the last look. */
  async #compareHeads(run: Run): Promise<void> {
    // Where the database shows one tenant at a time, it is as cheap to have each look for itself.
    if (this.#settings.rowLevelSecurity) {
      await run(call(plain("SELECT 1")));
      return this.#listeners.notifyAll();
    }
    const { tenants } = this.#listeners;
    if (tenants.length === 0) return;
    const { rows } = await run(call(this.#tables.tenants.heads, tenants));
    const heads = new Map(rows.map(([name, ...head]) => [name as string, head.join(".")]));
    const before = this.#heads;
    this.#heads = new Map(tenants.map((tenant) => [tenant, heads.get(tenant) ?? ""]));
    for (const [tenant, head] of this.#heads)
      if (before.get(tenant) !== head) this.#listeners.notify(tenant);
  }
}

/** What it asks is answered at once, or never. */
function timeoutOf({ busyMs, statementMs }: Settings): number {
  return Math.min(busyMs, statementMs);
}

/** Says goodbye, but does not wait for long: a connection may be stuck. */
async function end(client: Client): Promise<void> {
  const gone = new AbortController();
  const ending = client.end().then(
    () => gone.abort(),
    () => gone.abort(),
  );
  await Promise.race([ending, systemPause(END_TIMEOUT_MS, gone.signal)]);
  if (gone.signal.aborted) return;
  destroySocket(client);
}

/** Leaves the work to itself when it is no longer wanted. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  try {
    await Promise.race([work, systemPause(MAX_TIMER_MS, either)]);
  } finally {
    settled.abort();
  }
}
