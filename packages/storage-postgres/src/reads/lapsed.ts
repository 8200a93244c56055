import type { TopicRecord } from "@syntha/core/storage";
import type { Answer } from "../connections/statement.ts";

/** Items that are expired and not swept yet, counted: the tables' counters still hold them. */
export class Lapsed {
  readonly items: number;
  readonly global: number;
  readonly perTopic: ReadonlyMap<string, number>;

  /** From the topics and the globality of each. */
  constructor({ rows }: Answer) {
    const perTopic = new Map<string, number>();
    let globals = 0;
    for (const [topics, global] of rows as readonly (readonly [string[], boolean])[]) {
      if (global) globals++;
      for (const topic of topics) perTopic.set(topic, (perTopic.get(topic) ?? 0) + 1);
    }
    this.items = rows.length;
    this.global = globals;
    this.perTopic = perTopic;
  }

  without(record: TopicRecord): TopicRecord {
    const gone = this.perTopic.get(record.name);
    return gone === undefined ? record : { ...record, items: record.items - gone };
  }
}
