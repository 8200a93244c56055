import type { Route } from "../route/route.ts";
import type { TopicRecord } from "./query.ts";

/** Items that are expired and not swept yet, counted: a storage's counters still hold them. */
export class ExpiredItems {
  readonly items: number;
  readonly bytes: number;
  readonly global: number;
  readonly perTopic: ReadonlyMap<string, number>;

  /** From the route of each, and the bytes that it counts for. */
  constructor(routes: Iterable<Pick<Route, "topics" | "global"> & { readonly bytes: number }>) {
    const perTopic = new Map<string, number>();
    let [items, held, globals] = [0, 0, 0];
    for (const { topics, global, bytes } of routes) {
      items++;
      held += bytes;
      if (global) globals++;
      for (const topic of topics) perTopic.set(topic, (perTopic.get(topic) ?? 0) + 1);
    }
    this.items = items;
    this.bytes = held;
    this.global = globals;
    this.perTopic = perTopic;
  }

  without(record: TopicRecord): TopicRecord {
    const gone = this.perTopic.get(record.name);
    return gone === undefined ? record : { ...record, items: record.items - gone };
  }
}
