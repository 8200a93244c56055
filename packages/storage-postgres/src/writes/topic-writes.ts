import type { TopicCounts } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { isTopic, writeTopics } from "./agent-writes.ts";

/** By how much the counts of topics change. */
export class TopicWrites {
  readonly #tables: Tables;
  readonly #tenant: string;
  readonly #changes = new Map<string, { subscribers: number; items: number }>();

  constructor(tables: Tables, tenant: string) {
    this.#tables = tables;
    this.#tenant = tenant;
  }

  add(topics: Iterable<string>, of: keyof TopicCounts, by: number): void {
    for (const topic of topics) {
      let change = this.#changes.get(topic);
      if (change === undefined) this.#changes.set(topic, (change = { subscribers: 0, items: 0 }));
      change[of] += by;
    }
  }

  /** Asks for what the database has counted. */
  read(): Call {
    return call(this.#tables.topics.byNames, this.#tenant, [...this.#changes.keys()]);
  }

  /** The calls that write the new counts, and how many topics more there are then. */
  take({ rows }: Answer): { readonly calls: readonly Call[]; readonly more: number } {
    const counted = new Map(
      (rows as readonly (readonly [string, number, number])[]).map(
        ([name, subscribers, items]) => [name, { subscribers, items }] as const,
      ),
    );
    const topics = Array.from(this.#changes, ([name, change]) => {
      const { subscribers, items } = counted.get(name) ?? { subscribers: 0, items: 0 };
      const now = { subscribers: subscribers + change.subscribers, items: items + change.items };
      return { name, ...now };
    });
    const more = topics.filter(isTopic).length - counted.size;
    return { calls: writeTopics(this.#tables, this.#tenant, topics), more };
  }
}
