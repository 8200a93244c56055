import type { TopicRecord } from "@syntha/core/storage";
import { toRoute } from "../tables/route-text.ts";

/** Items that are expired and not swept yet, counted: the tables' counters still hold them. */
export class Lapsed {
  readonly items: number;
  readonly global: number;
  readonly perTopic: ReadonlyMap<string, number>;

  constructor(routes: readonly string[]) {
    const perTopic = new Map<string, number>();
    let globals = 0;
    for (const route of routes.map(toRoute)) {
      if (route.global) globals++;
      for (const topic of route.topics) perTopic.set(topic, (perTopic.get(topic) ?? 0) + 1);
    }
    this.items = routes.length;
    this.global = globals;
    this.perTopic = perTopic;
  }

  without(record: TopicRecord): TopicRecord {
    const gone = this.perTopic.get(record.name);
    return gone === undefined ? record : { ...record, items: record.items - gone };
  }
}
