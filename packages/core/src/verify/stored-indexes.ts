import type { CopyEndpoint } from "../copy/copy-endpoint.ts";
import type { Actor } from "../route/visibility.ts";
import type { Counts, ItemQuery, TopicRecord } from "../storage/query.ts";
import type { Storage } from "../storage/storage.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { KeyDigest } from "./digest.ts";
import type { Findings } from "./findings.ts";
import type { Recount } from "./recount.ts";

/** Keys that are listed to compare what agents see: the agents that follow are not compared. */
const MAX_LISTED = 1_000_000;

/** Compares the counters and the index buckets of a storage with the records themselves. */
export class StoredIndexes {
  readonly #storage: Storage;
  readonly #source: CopyEndpoint;
  readonly #recount: Recount;
  readonly #findings: Findings;

  constructor(storage: Storage, source: CopyEndpoint, recount: Recount, findings: Findings) {
    this.#storage = storage;
    this.#source = source;
    this.#recount = recount;
    this.#findings = findings;
  }

  checkCounts(stats: Counts, events: number, logEntries: number): void {
    const { items, bytes, global, expired, topics, subscribed } = this.#recount;
    const counted = { items, bytes, global, expired, events, logEntries };
    const expected = { ...counted, topics: topics.size, agents: subscribed };
    for (const [field, count] of Object.entries(expected))
      if (stats[field as keyof Counts] !== count) this.#findings.add("tenant", { field });
  }

  async checkTopics(): Promise<void> {
    const { itemsOn, subscribersOf, topics } = this.#recount;
    const stored = new Map<string, TopicRecord>();
    for (let after: string | undefined; ;) {
      const query = { after, limit: MAX_PAGE };
      const page = await this.#storage.topics(this.#source.tenantId, query);
      for (const topic of page.topics) stored.set(topic.name, topic);
      if (page.next === null) break;
      after = page.next;
    }
    for (const name of new Set([...topics, ...stored.keys()])) {
      const record = stored.get(name);
      const topic = `topic ${JSON.stringify(name)}`;
      if ((record?.items ?? 0) !== (itemsOn.get(name) ?? 0))
        this.#findings.add(topic, { field: "items" });
      if ((record?.subscribers ?? 0) !== (subscribersOf.get(name)?.size ?? 0))
        this.#findings.add(topic, { field: "subscribers" });
    }
  }

  /** Returns how many agents' views were compared. */
  async checkAudiences(): Promise<number> {
    for (const [topic, keys] of this.#recount.onTopic)
      if (!(await this.#listed({ actor: null, topics: [topic] })).equals(keys))
        await this.#nameItems(topic);
    let [agents, listed] = [0, 0];
    for (const agent of this.#recount.agents) {
      const keys = this.#recount.seenBy(agent);
      if ((listed += keys.count) > MAX_LISTED) break;
      agents++;
      if (!(await this.#listed({ actor: agent })).equals(keys))
        this.#findings.add(`agent ${JSON.stringify(agent)}`, { field: "audience" });
    }
    return agents;
  }

  async #listed(query: Pick<ItemQuery, "actor" | "topics">): Promise<KeyDigest> {
    const digest = new KeyDigest();
    for await (const key of this.#keys(query)) digest.add(key);
    return digest;
  }

  async *#keys(query: {
    readonly actor: Actor;
    readonly topics?: readonly string[] | undefined;
  }): AsyncGenerator<string> {
    const options = { select: "topics", withExpired: true, limit: MAX_PAGE } as const;
    for (let after: string | undefined; ;) {
      const page = await this.#storage.list(this.#source.tenantId, { ...query, ...options, after });
      for (const { key } of page.items) yield key;
      if (page.next === null) return;
      after = page.next;
    }
  }

  /** Names the items of a topic that its bucket lacks, or has in excess. */
  async #nameItems(topic: string): Promise<void> {
    const listed = new Set<string>();
    for await (const key of this.#keys({ actor: null, topics: [topic] })) listed.add(key);
    for await (const record of this.#source.records("items")) {
      if (record.type !== "item" || !record.row?.topics.includes(topic)) continue;
      if (!listed.delete(record.key))
        this.#findings.add(`item ${JSON.stringify(record.key)}`, { field: `audience.${topic}` });
    }
    for (const key of listed)
      this.#findings.add(`item ${JSON.stringify(key)}`, { field: `audience.${topic}` });
  }
}
