import type { TopicRecord } from "@syntha/core/storage";
import type { Topics } from "../tables/topics.ts";

interface Count {
  subscribers: number;
  items: number;
  /** What the table holds; undefined when it has no row. */
  readonly stored: TopicRecord | undefined;
}

/** A tenant's topics as one transaction sees and changes them; each is written once, at its end. */
export class TopicCounts {
  readonly #table: Topics;
  readonly #counts = new Map<string, Count>();

  constructor(table: Topics) {
    this.#table = table;
  }

  of(tenant: number, name: string): Count {
    let count = this.#counts.get(name);
    if (count === undefined) {
      const stored = tenant === 0 ? undefined : this.#table.find(tenant, name);
      count = { subscribers: stored?.subscribers ?? 0, items: stored?.items ?? 0, stored };
      this.#counts.set(name, count);
    }
    return count;
  }

  /** Tells by how much the number of topics has changed. */
  write(tenant: number): number {
    let change = 0;
    for (const [name, { subscribers, items, stored }] of this.#counts) {
      const isThere = subscribers > 0 || items > 0;
      if (stored === undefined) {
        if (!isThere) continue;
        this.#table.insert(tenant, { name, subscribers, items });
        change++;
      } else if (!isThere) {
        this.#table.delete(tenant, name);
        change--;
      } else if (subscribers !== stored.subscribers || items !== stored.items) {
        this.#table.update(tenant, { name, subscribers, items });
      }
    }
    return change;
  }
}
