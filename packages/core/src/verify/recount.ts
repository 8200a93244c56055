import { bytesOf } from "../limit/usage.ts";
import { isExpired, type ItemRow } from "../model/item-row.ts";
import { KeyDigest } from "./digest.ts";

/** What the records of a tenant add up to, as its counters and index buckets should have it. */
export class Recount {
  readonly #now: number;
  items = 0;
  bytes = 0;
  global = 0;
  expired = 0;
  /** The earliest expiry to come. */
  nextExpiry = Infinity;
  /** Items of each topic that have not expired. */
  readonly itemsOn = new Map<string, number>();
  /** Subscribers of each topic. */
  readonly subscribersOf = new Map<string, Set<string>>();
  /** Keys of global items, of each topic's items, and those that each agent sees besides. */
  readonly #global = new KeyDigest();
  readonly onTopic = new Map<string, KeyDigest>();
  readonly #seen = new Map<string, KeyDigest>();

  constructor(now: number) {
    this.#now = now;
  }

  addSubscription(agent: string, topic: string): void {
    const agents = this.subscribersOf.get(topic) ?? new Set<string>();
    this.subscribersOf.set(topic, agents.add(agent));
  }

  /** After all subscriptions. */
  addItem(row: ItemRow): void {
    this.#addAudience(row);
    if (isExpired(row, this.#now)) {
      this.expired++;
      return;
    }
    if (row.expiresAt !== null) this.nextExpiry = Math.min(this.nextExpiry, row.expiresAt);
    this.items++;
    this.bytes += bytesOf(row);
    if (row.global) this.global++;
    for (const topic of row.topics) this.itemsOn.set(topic, (this.itemsOn.get(topic) ?? 0) + 1);
  }

  #addAudience({ key, topics, subscribers, global, owner }: ItemRow): void {
    for (const topic of topics) digestIn(this.onTopic, topic).add(key);
    if (global) return this.#global.add(key);
    const agents = new Set(subscribers);
    if (owner !== null) agents.add(owner);
    for (const topic of topics)
      for (const agent of this.subscribersOf.get(topic) ?? []) agents.add(agent);
    for (const agent of agents) digestIn(this.#seen, agent).add(key);
  }

  /** Agents that see anything that is not global. */
  get agents(): readonly string[] {
    return [...this.#seen.keys()];
  }

  seenBy(agent: string): KeyDigest {
    return this.#global.plus(this.#seen.get(agent) ?? new KeyDigest());
  }

  get subscribed(): number {
    return new Set([...this.subscribersOf.values()].flatMap((agents) => [...agents])).size;
  }

  /** Topics with an item or a subscriber. */
  get topics(): ReadonlySet<string> {
    return new Set([...this.itemsOn.keys(), ...this.subscribersOf.keys()]);
  }
}

function digestIn(map: Map<string, KeyDigest>, name: string): KeyDigest {
  let digest = map.get(name);
  if (digest === undefined) map.set(name, (digest = new KeyDigest()));
  return digest;
}
