import { systemPause } from "@syntha/core/storage";
import pg, { type Client, type Notification } from "pg";
import { clientConfig } from "../connections/client-config.ts";
import type { Connections } from "../connections/connections.ts";
import { Link } from "../connections/link.ts";
import { sever } from "../connections/sever.ts";
import { type Answer, type Call, call, plain } from "../connections/statement.ts";
import type { Settings } from "../settings.ts";
import type { Sql } from "../tables/index.ts";
import { quoted } from "../tables/quoted.ts";
import type { Bells } from "./bells.ts";

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
const GOODBYE_MS = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Run = (each: Call) => Promise<Answer>;

/**
 * A connection of its own that waits for notifications, however many wait for them in this process. When it is lost
 * it connects anew, listens, and only then has everybody look at what happened meanwhile. Until then the heads are
 * looked at on the pool's connections.
 */
export class Listener {
  readonly #connections: Connections;
  readonly #sql: Sql;
  readonly #settings: Settings;
  readonly #channel: string;
  readonly #bells: Bells;
  readonly #hear: (payload: string) => void;
  /** By tenant, its head at the last look; nobody's is known to a connection that starts to listen. */
  #seen = new Map<string, string>();
  #life: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  /**
   * Whether a pooler lends connections: what listens there is whoever has the process of the server when a notification
   * comes, and it would go on to listen for others. So nothing listens, and the heads are looked at.
   */
  #isPooled = false;
  /** While it listens. */
  #link: Link | undefined;

  constructor(
    connections: Connections,
    sql: Sql,
    settings: Settings,
    channel: string,
    bells: Bells,
    hear: (payload: string) => void,
  ) {
    this.#connections = connections;
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
    const { pollMs } = this.#settings;
    const longest = Math.min(pollMs, LONGEST_PAUSE_MS);
    let couldLook = true;
    for (let pauseMs = SHORTEST_PAUSE_MS; !signal.aborted;) {
      if (!this.#isPooled && (await this.#listen(signal))) pauseMs = SHORTEST_PAUSE_MS;
      if (signal.aborted) return;
      const looking = this.#look((each) => this.#connections.read("", each));
      const canLook = await orAborted(looking, signal).then(
        () => true,
        () => false,
      );
      // A listener that reads now gets the error, and reports it: without a call, none would learn of the outage.
      if (couldLook && !canLook) this.#bells.ringAll();
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
      client = new pg.Client(clientConfig(this.#settings, patience(this.#settings)));
    } catch {
      // A file that the connection string names was taken away.
      return false;
    }
    const link = new Link(client, { ...this.#settings, statementMs: patience(this.#settings) });
    const lost = new AbortController();
    client.on("end", () => lost.abort());
    client.on("error", () => lost.abort());
    client.on("notification", ({ payload = "" }: Notification) => this.#hear(payload));
    const over = AbortSignal.any([signal, lost.signal]);
    try {
      await orAborted(client.connect(), signal);
      link.enter();
      await orAborted(link.setUp(), over);
      if (!over.aborted) this.#isPooled = !link.isDirect;
      if (link.isDirect) {
        await orAborted(link.run([call(plain(`LISTEN ${quoted(this.#channel)}`))]), over);
        this.#link = link;
        this.#seen.clear();
      }
      while (this.#link === link && !over.aborted) {
        await orAborted(
          this.#look((each) => link.one(each)),
          over,
        );
        await systemPause(this.#settings.pollMs, over);
      }
    } catch {
      // Lost, or not to be had: again in a while.
    }
    const didListen = this.#link === link;
    this.#link = undefined;
    await end(client);
    return didListen;
  }

  /** Rings for whose head is another than at the last look. */
  async #look(run: Run): Promise<void> {
    // Where the database shows one tenant at a time, it is as cheap to have each look for itself.
    if (this.#settings.rowLevelSecurity) {
      await run(call(plain("SELECT 1")));
      return this.#bells.ringAll();
    }
    const { tenants } = this.#bells;
    if (tenants.length === 0) return;
    const { rows } = await run(call(this.#sql.tenant.heads, tenants));
    const heads = new Map(rows.map(([name, ...head]) => [name as string, head.join(".")]));
    const before = this.#seen;
    this.#seen = new Map(tenants.map((tenant) => [tenant, heads.get(tenant) ?? ""]));
    for (const [tenant, head] of this.#seen)
      if (before.get(tenant) !== head) this.#bells.ring(tenant);
  }
}

/** What it asks is answered at once, or never. */
function patience({ busyMs, statementMs }: Settings): number {
  return Math.min(busyMs, statementMs);
}

/** Says goodbye, but does not wait for long: a connection may be stuck. */
async function end(client: Client): Promise<void> {
  const gone = new AbortController();
  const ending = client.end().then(
    () => gone.abort(),
    () => gone.abort(),
  );
  await Promise.race([ending, systemPause(GOODBYE_MS, gone.signal)]);
  if (gone.signal.aborted) return;
  sever(client);
}

/** Leaves the work to itself when it is no longer wanted. */
async function orAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  try {
    await Promise.race([work, systemPause(LONGEST_TIMER_MS, either)]);
  } finally {
    settled.abort();
  }
}
