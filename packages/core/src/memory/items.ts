import type { AudienceBucket } from "../route/audience-bucket.ts";
import { NO_USAGE, type Usage } from "../limit/usage.ts";
import { compareCodePoints, KeyOrder } from "../text/code-point-order.ts";
import type { ItemRow } from "../model/item-row.ts";
import { type CountEffects, type ItemEffect, itemEffect } from "../storage/effects.ts";
import type { Source } from "../storage/merge.ts";
import type { KeyTable } from "./key-table.ts";
import { SortedList } from "./sorted-list.ts";

interface QueueEntry {
  readonly key: string;
  readonly readyAt: number;
  readonly order: number;
}

interface ExpiryEntry {
  readonly key: string;
  readonly expiresAt: number;
}

const byReadiness = (a: QueueEntry, b: QueueEntry): number =>
  a.readyAt - b.readyAt || a.order - b.order;
const byExpiry = (a: ExpiryEntry, b: ExpiryEntry): number =>
  a.expiresAt - b.expiresAt || compareCodePoints(a.key, b.key);

/** A tenant's items, with the indexes that reads and claims use. */
export class Items {
  readonly #table: KeyTable;
  readonly #order = new KeyOrder();
  readonly #keys = new SortedList<string>(this.#order.compare);
  readonly #buckets = new Map<AudienceBucket, SortedList<string>>();
  readonly #ready = new Map<string, SortedList<QueueEntry>>();
  readonly #expiring = new SortedList<ExpiryEntry>(byExpiry);
  readonly #onTopic: (topic: string) => void;
  #global = 0;
  #bytes = 0;
  /** What each agent owns. */
  readonly #usages = new Map<string, Usage>();
  /** Keys of items whose current lease was extended, with the log's head at that time. */
  readonly #extended = new Map<string, number>();

  /** @param onTopic called when a topic gets its first item, and when it loses its last */
  constructor(table: KeyTable, onTopic: (topic: string) => void) {
    this.#table = table;
    this.#onTopic = onTopic;
  }

  get size(): number {
    return this.#keys.size;
  }

  get global(): number {
    return this.#global;
  }

  /** Bytes that the items count for. */
  get bytes(): number {
    return this.#bytes;
  }

  usageOf(agent: string): Usage {
    return this.#usages.get(agent) ?? NO_USAGE;
  }

  get(key: string): ItemRow | undefined {
    return this.#table.find(key)?.row;
  }

  /** Extends the lease of an item. */
  extend(before: ItemRow, after: ItemRow, head: number): void {
    this.write(itemEffect(before, after, true));
    this.#extended.set(after.key, head);
  }

  /** Keys of items whose current lease was extended when the log's head was at a position or later. */
  extendedSince(position: number): string[] {
    return [...this.#extended].filter(([, head]) => head >= position).map(([key]) => key);
  }

  write({ key, before, after, leaves, enters, dequeues, enqueues }: ItemEffect): void {
    if (this.#extended.size > 0) this.#extended.delete(key);
    this.#table.open(key).row = after ?? undefined;
    if (after === null) {
      this.#keys.delete(key);
    } else if (before === null) {
      this.#order.admit(key);
      this.#keys.add(key);
    }
    for (const bucket of leaves) this.#removeFrom(bucket, key);
    for (const bucket of enters) this.#addTo(bucket, key);
    for (const topic of dequeues) drop(this.#ready, topic, before as QueueEntry);
    if (enqueues.length > 0) {
      const { readyAt, order } = after as QueueEntry;
      for (const topic of enqueues)
        listOf(this.#ready, topic, byReadiness).add({ key, readyAt, order });
    }
    const [expiredAt, expiresAt] = [before?.expiresAt ?? null, after?.expiresAt ?? null];
    if (expiredAt === expiresAt) return;
    if (expiredAt !== null) this.#expiring.delete({ key, expiresAt: expiredAt });
    if (expiresAt !== null) this.#expiring.add({ key, expiresAt });
  }

  addCounts({ bytes, globals, usage }: CountEffects): void {
    this.#bytes += bytes;
    this.#global += globals;
    for (const { agent, items, bytes: more } of usage) {
      const before = this.usageOf(agent);
      const after = { items: before.items + items, bytes: before.bytes + more };
      if (after.items === 0) this.#usages.delete(agent);
      else this.#usages.set(agent, after);
    }
  }

  /** Keys of a bucket, or of all items, from the prefix on. */
  source(bucket: AudienceBucket | "all", prefix = ""): Source<string> {
    const list = bucket === "all" ? this.#keys : this.#buckets.get(bucket);
    return (after, limit) => {
      const keys: string[] = [];
      if (list === undefined) return keys;
      const start = after !== undefined && this.#order.compare(after, prefix) > 0 ? after : prefix;
      for (const key of list.from(start)) {
        if (key === after) continue;
        keys.push(key);
        if (keys.length === limit) break;
      }
      return keys;
    };
  }

  count(topic: string): number {
    return this.#buckets.get(`t${topic}`)?.size ?? 0;
  }

  ready(topic: string, now: number, skip: number, limit: number): ItemRow[] {
    const rows: ItemRow[] = [];
    for (const { key, readyAt } of this.#ready.get(topic)?.from() ?? []) {
      if (readyAt > now || rows.length === limit) break;
      if (skip-- <= 0) rows.push(this.get(key) as ItemRow);
    }
    return rows;
  }

  nextReadyAt(topic: string, now: number): number | null {
    const [next] = this.#ready.get(topic)?.from({ key: "", readyAt: now + 1, order: 0 }) ?? [];
    return next?.readyAt ?? null;
  }

  *expired(now: number): Generator<ItemRow> {
    for (const { key, expiresAt } of this.#expiring.from()) {
      if (expiresAt > now) return;
      yield this.get(key) as ItemRow;
    }
  }

  #addTo(bucket: AudienceBucket, key: string): void {
    const list = this.#buckets.get(bucket);
    if (list !== undefined) return list.add(key);
    listOf(this.#buckets, bucket, this.#order.compare).add(key);
    if (bucket.startsWith("t")) this.#onTopic(bucket.slice(1));
  }

  #removeFrom(bucket: AudienceBucket, key: string): void {
    drop(this.#buckets, bucket, key);
    if (bucket.startsWith("t") && !this.#buckets.has(bucket)) this.#onTopic(bucket.slice(1));
  }
}

function listOf<K, T>(
  map: Map<K, SortedList<T>>,
  key: K,
  compare: (a: T, b: T) => number,
): SortedList<T> {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = new SortedList(compare)));
  return list;
}

function drop<K, T>(map: Map<K, SortedList<T>>, key: K, element: T): void {
  const list = map.get(key);
  list?.delete(element);
  if (list?.size === 0) map.delete(key);
}
