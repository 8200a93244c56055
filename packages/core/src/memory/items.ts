import { bucketsOf, type AudienceBucket } from "../route/audience-bucket.ts";
import { bytesAdded, bytesOf, NO_USAGE, type Usage } from "../limit/usage.ts";
import { compareCodePoints, KeyOrder } from "../text/code-point-order.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Source } from "../storage/merge.ts";
import type { KeyTable } from "./key-table.ts";
import { SortedList } from "./sorted-list.ts";

const byReadiness = (a: ItemRow, b: ItemRow): number =>
  (a.readyAt as number) - (b.readyAt as number) || a.order - b.order;
const byExpiry = (a: ItemRow, b: ItemRow): number =>
  (a.expiresAt as number) - (b.expiresAt as number) || compareCodePoints(a.key, b.key);

/** A tenant's items with the indexes that its reads and claims go by. */
export class Items {
  readonly #table: KeyTable;
  readonly #order = new KeyOrder();
  readonly #keys = new SortedList<string>(this.#order.compare);
  readonly #buckets = new Map<AudienceBucket, SortedList<string>>();
  readonly #ready = new Map<string, SortedList<ItemRow>>();
  readonly #expiring = new SortedList<ItemRow>(byExpiry);
  readonly #onTopic: (topic: string) => void;
  #global = 0;
  #bytes = 0;
  /** What each agent owns. */
  readonly #usages = new Map<string, Usage>();
  /** Keys of items whose present lease was extended, with the log's head when it last was. */
  readonly #extended = new Map<string, number>();

  /** `onTopic` is told when a topic gets its first item, and when it has lost its last. */
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
    this.replace(before, after);
    this.#extended.set(after.key, head);
  }

  /** Keys of items whose present lease was extended at a position of the log's head or later. */
  extendedSince(position: number): string[] {
    return [...this.#extended].filter(([, head]) => head >= position).map(([key]) => key);
  }

  /** Puts `after` in the place of `before`; either may be missing. */
  replace(before: ItemRow | null, after: ItemRow | null): void {
    if (before !== null && this.#extended.size > 0) this.#extended.delete(before.key);
    this.#count(before, after);
    if (before !== null) this.#unindex(before, after);
    if (after !== null) this.#index(before, after);
  }

  #count(before: ItemRow | null, after: ItemRow | null): void {
    const bytes = bytesAdded(before, after);
    this.#bytes += bytes;
    if (before !== null && after !== null && before.owner === after.owner) {
      if (bytes !== 0) this.#use(after.owner, 0, bytes);
      return;
    }
    if (before !== null) this.#use(before.owner, -1, -bytesOf(before));
    if (after !== null) this.#use(after.owner, 1, before === null ? bytes : bytesOf(after));
  }

  #use(owner: string | null, items: number, bytes: number): void {
    if (owner === null) return;
    const before = this.usageOf(owner);
    const usage = { items: before.items + items, bytes: before.bytes + bytes };
    if (usage.items === 0) this.#usages.delete(owner);
    else this.#usages.set(owner, usage);
  }

  /** Keys of a bucket, or of all items, starting at the prefix. */
  source(target: AudienceBucket | "all", prefix = ""): Source<string> {
    const list = target === "all" ? this.#keys : this.#buckets.get(target);
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
    for (const row of this.#ready.get(topic)?.from() ?? []) {
      if ((row.readyAt as number) > now || rows.length === limit) break;
      if (skip-- <= 0) rows.push(row);
    }
    return rows;
  }

  nextReadyAt(topic: string, now: number): number | null {
    const list = this.#ready.get(topic);
    if (list === undefined) return null;
    for (const row of list.from({ readyAt: now + 1, order: 0 } as ItemRow)) return row.readyAt;
    return null;
  }

  *expired(now: number): Generator<ItemRow> {
    for (const row of this.#expiring.from()) {
      if ((row.expiresAt as number) > now) return;
      yield row;
    }
  }

  #index(before: ItemRow | null, after: ItemRow): void {
    this.#table.open(after.key).row = after;
    if (before === null) {
      this.#order.admit(after.key);
      this.#keys.add(after.key);
    }
    if (before === null || !sameSight(before, after)) {
      for (const target of bucketsOf(after)) this.#addTo(target, after.key);
      if (after.global) this.#global++;
    }
    if (after.readyAt !== null) {
      for (const topic of after.topics) bucket(this.#ready, topic, byReadiness).add(after);
    }
    if (after.expiresAt !== null) this.#expiring.add(after);
  }

  #addTo(target: AudienceBucket, key: string): void {
    const list = this.#buckets.get(target);
    if (list !== undefined) return list.add(key);
    bucket(this.#buckets, target, this.#order.compare).add(key);
    if (target.startsWith("t")) this.#onTopic(target.slice(1));
  }

  #takeFrom(target: AudienceBucket, key: string): void {
    drop(this.#buckets, target, key);
    if (target.startsWith("t") && !this.#buckets.has(target)) this.#onTopic(target.slice(1));
  }

  #unindex(before: ItemRow, after: ItemRow | null): void {
    if (after === null) {
      this.#table.open(before.key).row = undefined;
      this.#keys.delete(before.key);
    }
    if (after === null || !sameSight(before, after)) {
      for (const target of bucketsOf(before)) this.#takeFrom(target, before.key);
      if (before.global) this.#global--;
    }
    if (before.readyAt !== null)
      for (const topic of before.topics) drop(this.#ready, topic, before);
    if (before.expiresAt !== null) this.#expiring.delete(before);
  }
}

/** By identity of the lists: a write that keeps the route keeps them, and anything else is indexed anew. */
function sameSight(a: ItemRow, b: ItemRow): boolean {
  return (
    a.topics === b.topics &&
    a.subscribers === b.subscribers &&
    a.global === b.global &&
    a.owner === b.owner
  );
}

function bucket<K, T>(
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
