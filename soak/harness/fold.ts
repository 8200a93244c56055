import type { Storage } from "@syntha/core";
import type { ItemRow, LogEntry, LogPosition } from "@syntha/core/storage";

const PAGE = 1_000;

/** A tenant's log, read on from where it was left, and what it comes to. */
export class Fold {
  readonly #tenant: string;
  readonly #items = new Map<string, string>();
  /** Who holds each; when it ends is not in the log, as it may have been extended. */
  readonly #leases = new Map<string, string>();
  readonly #subscriptions = new Map<string, Set<string>>();
  #events = 0;
  #entries = 0;
  #gaps = 0;
  #place: LogPosition | "start" = "start";
  #position = 0;
  #index = 0;
  #mark = 0;

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  get position(): number {
    return this.#position;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Places where a position, or one within a commit, was missing, doubled or out of order. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Reads what was added since, and hands it on. */
  async read(storage: Storage, hear: (entry: LogEntry) => void = () => undefined): Promise<void> {
    for (;;) {
      const page = await storage.log(this.#tenant, { after: this.#place, limit: PAGE });
      for (const entry of page.entries) {
        this.#add(entry);
        hear(entry);
      }
      this.#place = page.end;
      if (page.isHead) return;
    }
  }

  /** How the state differs from the folded log; undefined when it does not. */
  async difference(storage: Storage): Promise<string | undefined> {
    const held = new Map<string, string>();
    const leases = new Map<string, string>();
    for (let after: string | undefined; ;) {
      const page = await storage.list(this.#tenant, { actor: null, after, limit: PAGE });
      for (const row of page.items) {
        held.set(row.key, spellRow(row));
        if (row.lease) leases.set(row.key, String(row.lease.holder));
      }
      if (page.next === null) break;
      after = page.next;
    }
    const { events, head } = await storage.stats(this.#tenant);
    if (head !== this.#position) return `the head is ${head}, the log ends at ${this.#position}`;
    if (events !== this.#events) return `${events} events, by the log ${this.#events}`;
    for (const [name, topics] of this.#subscriptions) {
      const { agents } = await storage.agents(this.#tenant, { name });
      const [is, due] = [agents[0]?.subscriptions ?? [], [...topics]].map((list) =>
        JSON.stringify(list.toSorted()),
      );
      if (is !== due) return `${name} is subscribed to ${is}, by the log to ${due}`;
    }
    return differ("item", held, this.#items) ?? differ("lease of", leases, this.#leases);
  }

  #add({ position, index, commitId, change }: LogEntry): void {
    const isNext = position === this.#position + 1 && index === 0;
    const isWithin = position === this.#position && index === this.#index + 1;
    if (!isNext && !(isWithin && commitId === this.#mark)) this.#gaps++;
    [this.#position, this.#index, this.#mark] = [position, index, commitId];
    this.#entries++;
    switch (change.type) {
      case "put":
        this.#items.set(change.key, spellRow(change.after));
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
        throw new Error(`A damaged entry of ${change.about ?? "no item"}.`);
    }
  }

  #topicsOf(agent: string): Set<string> {
    let topics = this.#subscriptions.get(agent);
    if (topics === undefined) this.#subscriptions.set(agent, (topics = new Set()));
    return topics;
  }
}

type Row = Omit<ItemRow, "value"> & { readonly value: string | null };

function spellRow(row: Row): string {
  const { value, topics, subscribers, global, owner, author } = row;
  const { revision, state, createdAt, updatedAt, expiresAt } = row;
  return JSON.stringify([
    value,
    topics,
    subscribers,
    global,
    owner,
    author,
    revision,
    state,
    createdAt,
    updatedAt,
    expiresAt,
  ]);
}

function differ(
  what: string,
  held: ReadonlyMap<string, string>,
  folded: ReadonlyMap<string, string>,
): string | undefined {
  for (const key of new Set([...held.keys(), ...folded.keys()])) {
    const [is, due] = [held.get(key), folded.get(key)];
    if (is !== due) return `${what} ${key} is ${is ?? "absent"}, by the log ${due ?? "absent"}`;
  }
  return undefined;
}
