import type { Storage } from "@syntha/core";
import type { ItemRow, LogEntry, LogPosition } from "@syntha/core/storage";

const PAGE = 1_000;

/** Replays the log of a tenant in steps, and compares the result with the state. */
export class LogReplay {
  readonly #tenant: string;
  readonly #items = new Map<string, string>();
  /** The holder of each lease. The log lacks the end of a lease, because extending one is not logged. */
  readonly #leases = new Map<string, string>();
  readonly #subscriptions = new Map<string, Set<string>>();
  #events = 0;
  #entries = 0;
  #gaps = 0;
  #after: LogPosition | "start" = "start";
  #position = 0;
  #index = 0;
  #commitId = 0;

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  get position(): number {
    return this.#position;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Number of entries whose position or index is missing, duplicated or out of order. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Reads the new entries, and passes each to `onEntry`. */
  async read(
    storage: Storage,
    onEntry: (entry: LogEntry) => void = () => undefined,
  ): Promise<void> {
    for (;;) {
      const page = await storage.log(this.#tenant, { after: this.#after, limit: PAGE });
      for (const entry of page.entries) {
        this.#add(entry);
        onEntry(entry);
      }
      this.#after = page.end;
      if (page.isHead) return;
    }
  }

  /** How the state differs from the replayed log; undefined when it does not. */
  async difference(storage: Storage): Promise<string | undefined> {
    const stored = new Map<string, string>();
    const leases = new Map<string, string>();
    for (let after: string | undefined; ;) {
      const page = await storage.list(this.#tenant, { actor: null, after, limit: PAGE });
      for (const row of page.items) {
        stored.set(row.key, formatRow(row));
        if (row.lease) leases.set(row.key, String(row.lease.holder));
      }
      if (page.next === null) break;
      after = page.next;
    }
    const { events, head } = await storage.stats(this.#tenant);
    if (head !== this.#position)
      return `the head is ${head}, but the log ends at ${this.#position}`;
    if (events !== this.#events) return `${events} events, but ${this.#events} in the log`;
    for (const [name, topics] of this.#subscriptions) {
      const { agents } = await storage.agents(this.#tenant, { name });
      const [actual, expected] = [agents[0]?.subscriptions ?? [], [...topics]].map((list) =>
        JSON.stringify(list.toSorted()),
      );
      if (actual !== expected)
        return `${name} is subscribed to ${actual}, but to ${expected} in the log`;
    }
    return (
      firstDifference("item", stored, this.#items) ??
      firstDifference("lease of", leases, this.#leases)
    );
  }

  #add({ position, index, commitId, change }: LogEntry): void {
    const isNext = position === this.#position + 1 && index === 0;
    const isWithin = position === this.#position && index === this.#index + 1;
    if (!isNext && !(isWithin && commitId === this.#commitId)) this.#gaps++;
    [this.#position, this.#index, this.#commitId] = [position, index, commitId];
    this.#entries++;
    switch (change.type) {
      case "put":
        this.#items.set(change.key, formatRow(change.after));
        this.#leases.delete(change.key);
        break;
      case "delete":
      case "expire":
        this.#items.delete(change.key);
        this.#leases.delete(change.key);
        break;
      case "lease":
        if (change.until === null) this.#leases.delete(change.key);
        else this.#leases.set(change.key, String(change.holder));
        break;
      case "event":
        this.#events++;
        break;
      case "subscribe":
        for (const topic of change.topics) this.#topicsOf(change.agent).add(topic);
        break;
      case "unsubscribe":
        for (const topic of change.topics) this.#topicsOf(change.agent).delete(topic);
        break;
      case "topicDeleted":
        for (const topics of this.#subscriptions.values()) topics.delete(change.topic);
        break;
      case "setPermissions":
        break;
      case "corrupt":
        throw new Error(`Corrupt log entry of ${change.about ?? "no item"}.`);
    }
  }

  #topicsOf(agent: string): Set<string> {
    let topics = this.#subscriptions.get(agent);
    if (topics === undefined) this.#subscriptions.set(agent, (topics = new Set()));
    return topics;
  }
}

type Row = Omit<ItemRow, "value"> & { readonly value: string | null };

const COMPARED: readonly (keyof Row)[] =
  "value topics subscribers global owner author revision state createdAt updatedAt expiresAt".split(
    " ",
  ) as (keyof Row)[];

function formatRow(row: Row): string {
  return JSON.stringify(COMPARED.map((field) => row[field]));
}

function firstDifference(
  what: string,
  stored: ReadonlyMap<string, string>,
  replayed: ReadonlyMap<string, string>,
): string | undefined {
  for (const key of new Set([...stored.keys(), ...replayed.keys()])) {
    const [actual, expected] = [stored.get(key), replayed.get(key)];
    if (actual !== expected)
      return `${what} ${key} is ${actual ?? "absent"}, but ${expected ?? "absent"} in the log`;
  }
  return undefined;
}
