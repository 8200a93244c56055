import type { Storage } from "@syntha/core";
import type { LogEntry, LogPosition } from "@syntha/core/storage";
import { LogFold, loggedItem, type LoggedItem } from "@syntha/storage-contract/log-fold";

const PAGE = 1_000;

/** Replays the log of a tenant in steps, and compares the result with the state. */
export class LogReplay {
  readonly #tenant: string;
  readonly #fold = new LogFold();
  entries = 0;
  /** Number of entries whose position or index is missing, duplicated or out of order. */
  gaps = 0;
  #after: LogPosition | "start" = "start";
  #position = 0;
  #index = 0;
  #commitId = 0;

  constructor(tenant: string) {
    this.#tenant = tenant;
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
    const { items, leases, events: logged, subscriptions } = this.#fold;
    const { events, head } = await storage.stats(this.#tenant);
    if (head !== this.#position)
      return `the head is ${head}, but the log ends at ${this.#position}`;
    if (events !== logged.length) return `${events} events, but ${logged.length} in the log`;
    for (const [name, topics] of subscriptions) {
      const { agents } = await storage.agents(this.#tenant, { name });
      const [actual, expected] = [agents[0]?.subscriptions ?? [], [...topics]].map((list) =>
        JSON.stringify(list.toSorted()),
      );
      if (actual !== expected)
        return `${name} is subscribed to ${actual}, but to ${expected} in the log`;
    }
    const stored = new Set<string>();
    for (let after: string | undefined; ;) {
      const page = await storage.list(this.#tenant, { actor: null, after, limit: PAGE });
      for (const row of page.items) {
        stored.add(row.key);
        const [actual, expected] = [format(loggedItem(row)), format(items.get(row.key))];
        if (actual !== expected) return `${row.key} is ${actual}, but ${expected} in the log`;
        const [holder, claimer] = [row.lease?.holder, leases.get(row.key)];
        if (holder !== claimer)
          return `${row.key} is claimed by ${holder}, but by ${claimer} in the log`;
      }
      if (page.next === null) break;
      after = page.next;
    }
    const lost = [...items.keys(), ...leases.keys()].find((key) => !stored.has(key));
    return lost === undefined ? undefined : `${lost} is absent, but not in the log`;
  }

  #add(entry: LogEntry): void {
    const { position, index, commitId } = entry;
    const isNext = position === this.#position + 1 && index === 0;
    const isWithin = position === this.#position && index === this.#index + 1;
    if (!isNext && !(isWithin && commitId === this.#commitId)) this.gaps++;
    [this.#position, this.#index, this.#commitId] = [position, index, commitId];
    this.entries++;
    this.#fold.add(entry);
  }
}

type Row = Pick<LoggedItem, (typeof COMPARED)[number]>;

const COMPARED = [
  ...(["value", "topics", "subscribers", "global", "owner", "author"] as const),
  ...(["revision", "state", "createdAt", "updatedAt", "expiresAt", "task"] as const),
];

function format(row: Row | undefined): string {
  return row === undefined ? "absent" : JSON.stringify(COMPARED.map((field) => row[field]));
}
