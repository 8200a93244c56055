import type { TopicRecord } from "@syntha/core/storage";
import type { Topics } from "../tables/topics.ts";

interface Count {
  subscribers: number;
  items: number;
  /** The row in the table; undefined if there is none. */
  readonly stored: TopicRecord | undefined;
}

/** Counts of a tenant's topics in a transaction; each changed one is written once, at the end. */
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

  /** Returns by how much the number of topics has changed. */
  write(tenant: number): number {
    let change = 0;
    for (const [name, { subscribers, items, stored }] of this.#counts) {
      const isUsed = subscribers > 0 || items > 0;
      if (stored === undefined) {
        if (!isUsed) continue;
        this.#table.insert(tenant, { name, subscribers, items });
        change++;
      } else if (!isUsed) {
        this.#table.delete(tenant, name);
        change--;
      } else if (subscribers !== stored.subscribers || items !== stored.items) {
        this.#table.update(tenant, { name, subscribers, items });
      }
    }
    return change;
  }
}
