import pg, { type Client, type ClientConfig, type Notification } from "pg";
import { Link } from "../connections/link.ts";
import { type Answer, type Call, call, plain } from "../connections/statement.ts";
import type { Settings } from "../options.ts";
import type { Sql } from "../tables/index.ts";
import { quoted } from "../tables/quoted.ts";
import type { Bells } from "./bells.ts";

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/**
 * A connection of its own that waits for notifications, however many wait for them in this process. When it is lost
 * it connects anew, listens, and only then has everybody look at what happened meanwhile.
 */
export class Listener {
  readonly #sql: Sql;
  readonly #settings: Settings;
  readonly #channel: string;
  readonly #bells: Bells;
  readonly #hear: (payload: string) => void;
  #life: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  /** While it listens. */
  #link: Link | undefined;

  constructor(
    sql: Sql,
    settings: Settings,
    channel: string,
    bells: Bells,
    hear: (payload: string) => void,
  ) {
    this.#sql = sql;
    this.#settings = settings;
    this.#channel = channel;
    this.#bells = bells;
    this.#hear = hear;
  }

  start(): void {
    if (this.#life !== undefined) return;
    const life = new AbortController();
    this.#life = life;
    this.#running = this.#running.then(() => this.#run(life.signal));
  }

  stop(): Promise<void> {
    this.#life?.abort();
    this.#life = undefined;
    return this.#running;
  }

  /** Undefined while it does not listen. */
  run(calls: readonly Call[]): Promise<readonly Answer[]> | undefined {
    return this.#link?.run(calls);
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let pauseMs = SHORTEST_PAUSE_MS; !signal.aborted;) {
      const client = new pg.Client(clientConfig(this.#settings));
      const link = new Link(client);
      const lost = new AbortController();
      client.on("end", () => lost.abort());
      client.on("error", () => lost.abort());
      client.on("notification", ({ payload = "" }: Notification) => this.#hear(payload));
      try {
        await client.connect();
        await link.run([call(plain(`LISTEN ${quoted(this.#channel)}`))]);
        pauseMs = SHORTEST_PAUSE_MS;
        this.#link = link;
        this.#bells.ringAll();
        await this.#poll(link, AbortSignal.any([signal, lost.signal]));
      } catch {
        // Lost, or not to be had: again in a while.
      }
      this.#link = undefined;
      await end(client);
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Looks at the heads now and then; ends with the connection. */
  async #poll(link: Link, signal: AbortSignal): Promise<void> {
    const seen = new Map<string, string>();
    while (!signal.aborted) {
      await this.#look(link, seen);
      await pause(this.#settings.pollMs, signal);
    }
  }

  async #look(link: Link, seen: Map<string, string>): Promise<void> {
    // Where the database shows one tenant at a time, it is as cheap to have each look for itself.
    if (this.#settings.rowLevelSecurity) {
      await link.run([call(plain("SELECT 1"))]);
      return this.#bells.ringAll();
    }
    const { tenants } = this.#bells;
    if (tenants.length === 0) return;
    const { rows } = await link.one(call(this.#sql.tenant.heads, tenants));
    const heads = new Map(rows.map(([name, ...head]) => [name as string, head.join(".")]));
    for (const tenant of tenants) {
      const head = heads.get(tenant) ?? "";
      if (seen.has(tenant) && seen.get(tenant) !== head) this.#bells.ring(tenant);
      seen.set(tenant, head);
    }
  }
}

/** Whoever handed in a pool gets a connection like its own: one that waits for ever is not the pool's to lend. */
function clientConfig({ source, busyMs, statementMs }: Settings): ClientConfig {
  const base =
    "pool" in source
      ? (source.pool.options as ClientConfig)
      : { connectionString: source.connectionString, application_name: "syntha" };
  return {
    ...base,
    connectionTimeoutMillis: busyMs,
    query_timeout: statementMs,
    keepAlive: true,
    pipeline: true,
  };
}

/** A connection that is stuck is left to itself. */
async function end(client: Client): Promise<void> {
  const ending = client.end().catch(() => {});
  await Promise.race([ending, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
