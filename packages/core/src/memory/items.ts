import { addTo, removeFrom } from "../concurrency/keyed-sets.ts";
import type { AudienceBucket, QueueBucket } from "../route/audience-bucket.ts";
import { NO_USAGE, type Usage } from "../limit/usage.ts";
import { compareCodePoints, KeyOrder } from "../text/code-point-order.ts";
import { isExpired, type ItemRow } from "../model/item-row.ts";
import { type CountEffects, type ItemEffect, itemEffect } from "../storage/effects.ts";
import type { Source } from "../storage/merge.ts";
import type { KeyRecord, KeyTable } from "./key-table.ts";
import { Queue } from "./queue.ts";
import { SortedList } from "./sorted-list.ts";

interface ExpiryEntry {
  readonly key: string;
  readonly expiresAt: number;
}

const byExpiry = (a: ExpiryEntry, b: ExpiryEntry): number =>
  a.expiresAt - b.expiresAt || compareCodePoints(a.key, b.key);

/** A tenant's items, with the indexes that reads and claims use. */
export class Items {
  readonly #table: KeyTable;
  readonly #order = new KeyOrder();
  readonly #keys = new SortedList<string>(this.#order.compare);
  readonly #buckets = new Map<AudienceBucket, SortedList<string>>();
  readonly #queues = new Map<QueueBucket, Queue>();
  /** For each key, the items that have it pending. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #expiring = new SortedList<ExpiryEntry>(byExpiry);
  readonly #onTopic: (topic: string) => void;
  #global = 0;
  #bytes = 0;
  /** What each agent owns. */
  readonly #usages = new Map<string, Usage>();
  /** Keys of items on which an agent has, or had, a lease. */
  readonly #leased = new Map<string, Set<string>>();
  /** Keys of items that last changed without a log entry, with the log's head at that time. */
  readonly #unlogged = new Map<string, number>();

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

  writeUnlogged(before: ItemRow, after: ItemRow, head: number): void {
    this.write(itemEffect(before, after, true));
    this.#unlogged.set(after.key, head);
  }

  /** Keys of items that last changed without a log entry when the log's head was at a position or later. */
  unloggedSince(position: number): string[] {
    return [...this.#unlogged].filter(([, head]) => head >= position).map(([key]) => key);
  }

  write(effect: ItemEffect): void {
    const { key, before, after, leaves, enters, dequeues, enqueues } = effect;
    if (this.#unlogged.size > 0) this.#unlogged.delete(key);
    const record = this.#table.open(key);
    // While the record still has the row by which the queues find it.
    for (const queue of dequeues) this.#dequeue(queue, record);
    record.row = after ?? undefined;
    if (after === null) {
      this.#keys.delete(key);
    } else if (before === null) {
      this.#order.admit(key);
      this.#keys.add(key);
    }
    for (const bucket of leaves) this.#removeFrom(bucket, key);
    for (const bucket of enters) this.#addTo(bucket, key);
    for (const queue of enqueues) this.#enqueue(queue, record);
    for (const dependency of effect.resolves) removeFrom(this.#dependents, dependency, key);
    for (const dependency of effect.awaits) addTo(this.#dependents, dependency, key);
    const holder = before?.lease?.holder;
    const next = after?.lease?.holder;
    if (holder !== next) {
      if (holder) removeFrom(this.#leased, holder, key);
      if (next) addTo(this.#leased, next, key);
    }
    const expiredAt = before?.expiresAt ?? null;
    const expiresAt = after?.expiresAt ?? null;
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

  /** Leases of an agent that have not ended. */
  leasesOf(agent: string, now: number): number {
    const rows = Array.from(this.#leased.get(agent) ?? [], (key) => this.get(key) as ItemRow);
    return rows.filter((row) => (row.lease?.until ?? 0) > now && !isExpired(row, now)).length;
  }

  ready(queue: QueueBucket, now: number, skip: number, limit: number): ItemRow[] {
    return this.#queues.get(queue)?.ready(now, skip, limit) ?? [];
  }

  nextReadyAt(queue: QueueBucket, now: number): number | null {
    return this.#queues.get(queue)?.nextReadyAt(now) ?? null;
  }

  /** Items that have one of these keys pending, each once. */
  dependents(dependencies: readonly string[]): ItemRow[] {
    if (this.#dependents.size === 0) return [];
    const keys = new Set<string>();
    for (const dependency of dependencies)
      for (const key of this.#dependents.get(dependency) ?? []) keys.add(key);
    return Array.from(keys, (key) => this.get(key) as ItemRow);
  }

  dependentCount(dependency: string): number {
    return this.#dependents.get(dependency)?.size ?? 0;
  }

  *expired(now: number): Generator<ItemRow> {
    for (const { key, expiresAt } of this.#expiring.from()) {
      if (expiresAt > now) return;
      yield this.get(key) as ItemRow;
    }
  }

  #enqueue(bucket: QueueBucket, record: KeyRecord): void {
    let queue = this.#queues.get(bucket);
    if (queue === undefined) this.#queues.set(bucket, (queue = new Queue()));
    queue.add(record);
  }

  #dequeue(bucket: QueueBucket, record: KeyRecord): void {
    const queue = this.#queues.get(bucket);
    queue?.delete(record);
    if (queue?.isEmpty) this.#queues.delete(bucket);
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
