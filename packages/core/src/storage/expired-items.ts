import type { Route } from "../route/route.ts";
import type { TopicRecord } from "./query.ts";

/** Counts expired items that are not swept yet: a storage's counters still include them. */
export class ExpiredItems {
  readonly items: number;
  readonly bytes: number;
  readonly global: number;
  readonly perTopic: ReadonlyMap<string, number>;

  /** @param routes the route of each item, and the bytes that it counts for */
  constructor(routes: Iterable<Pick<Route, "topics" | "global"> & { readonly bytes: number }>) {
    const perTopic = new Map<string, number>();
    let [items, size, globals] = [0, 0, 0];
    for (const { topics, global, bytes } of routes) {
      items++;
      size += bytes;
      if (global) globals++;
      for (const topic of topics) perTopic.set(topic, (perTopic.get(topic) ?? 0) + 1);
    }
    this.items = items;
    this.bytes = size;
    this.global = globals;
    this.perTopic = perTopic;
  }

  without(record: TopicRecord): TopicRecord {
    const expired = this.perTopic.get(record.name);
    return expired === undefined ? record : { ...record, items: record.items - expired };
  }
}
