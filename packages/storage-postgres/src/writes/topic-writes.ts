import type { TopicCounts } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";

/** Writes the rows of topics, and deletes those without items and subscribers. */
export function writeTopics(
  tables: Tables,
  tenant: string,
  topics: readonly (TopicCounts & { readonly name: string })[],
): Call[] {
  const rows = topics
    .filter(hasRow)
    .map(({ name, subscribers, items }) => [name, subscribers, items]);
  const deleted = topics.filter((topic) => !hasRow(topic)).map(({ name }) => [name]);
  return [
    ...insertCalls(tables.topics.set, tenant, rows),
    ...rowCalls(tables.topics.remove, tenant, deleted),
  ];
}

function hasRow({ items, subscribers }: TopicCounts): boolean {
  return items > 0 || subscribers > 0;
}

/** Changes of topics' counts that the database does not have yet. */
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

  /** Reads the counts that the database has. */
  read(): Call {
    return call(this.#tables.topics.byNames, this.#tenant, [...this.#changes.keys()]);
  }

  /** Returns the calls that write the new counts, and how many topics are added. */
  take({ rows }: Answer): { readonly calls: readonly Call[]; readonly added: number } {
    const before = new Map(
      (rows as readonly (readonly [string, number, number])[]).map(
        ([name, subscribers, items]) => [name, { subscribers, items }] as const,
      ),
    );
    const topics = Array.from(this.#changes, ([name, change]) => {
      const { subscribers, items } = before.get(name) ?? { subscribers: 0, items: 0 };
      return {
        name,
        subscribers: subscribers + change.subscribers,
        items: items + change.items,
      };
    });
    const added = topics.filter(hasRow).length - before.size;
    return { calls: writeTopics(this.#tables, this.#tenant, topics), added };
  }
}
