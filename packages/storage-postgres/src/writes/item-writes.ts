import { type ItemEffect, itemEffect, type ItemRow } from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Scalar } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { toColumns } from "../tables/items.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";

interface ChangedItem {
  /** From the row that the database has to the row to write. */
  readonly effect: ItemEffect;
  /** The log's head when the lease was extended; null if it was not. */
  readonly extended: number | null;
}

type Columns = readonly Scalar[];

/** Items, with their audiences and queue entries, that the database does not have yet. */
export class ItemWrites {
  readonly #tables: Tables;
  readonly #tenant: string;
  readonly #changed = new Map<string, ChangedItem>();

  constructor(tables: Tables, tenant: string) {
    this.#tables = tables;
    this.#tenant = tenant;
  }

  get isEmpty(): boolean {
    return this.#changed.size === 0;
  }

  /** @param extended the log's head when the lease was extended; null if it was not */
  add(effect: ItemEffect, extended: number | null = null): void {
    const { key, after, isLeaseOnly } = effect;
    const known = this.#changed.get(key)?.effect;
    if (known === undefined) this.#changed.set(key, { effect, extended });
    else if (known.before === null && after === null) this.#changed.delete(key);
    else {
      const merged = itemEffect(known.before, after, known.isLeaseOnly && isLeaseOnly);
      this.#changed.set(key, { effect: merged, extended });
    }
  }

  take(): Call[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    const effects = changed.map(({ effect }) => effect);
    return [
      ...this.#itemCalls(changed),
      ...this.#audienceCalls(effects),
      ...this.#queueCalls(effects),
    ];
  }

  #itemCalls(changed: readonly ChangedItem[]): Call[] {
    const { items } = this.#tables;
    const created: Columns[] = [];
    const updated: Columns[] = [];
    const leased: Columns[] = [];
    const deleted: Columns[] = [];
    for (const { effect, extended } of changed) {
      const { key, before, after, isLeaseOnly } = effect;
      if (after === null) deleted.push([key]);
      else if (before === null) created.push(toColumns(after));
      else if (isLeaseOnly) leased.push([...toLeaseColumns(after), extended]);
      else updated.push(toColumns(after));
    }
    return [
      ...rowCalls(items.delete, this.#tenant, deleted),
      ...insertCalls(items.insert, this.#tenant, created),
      ...insertCalls(items.update, this.#tenant, updated),
      ...rowCalls(items.updateLeases, this.#tenant, leased),
    ];
  }

  #audienceCalls(effects: readonly ItemEffect[]): Call[] {
    const { audiences } = this.#tables;
    const removed = effects.flatMap(({ key, leaves }) => leaves.map((bucket) => [bucket, key]));
    const added = effects.flatMap(({ key, enters }) => enters.map((bucket) => [bucket, key]));
    return [
      ...rowCalls(audiences.remove, this.#tenant, removed),
      ...insertCalls(audiences.add, this.#tenant, added),
    ];
  }

  #queueCalls(effects: readonly ItemEffect[]): Call[] {
    const { queue } = this.#tables;
    const removed = effects.flatMap(({ before, dequeues }) => queueEntries(before, dequeues));
    const added = effects.flatMap(({ after, enqueues }) => queueEntries(after, enqueues));
    return [
      ...rowCalls(queue.remove, this.#tenant, removed),
      ...insertCalls(queue.add, this.#tenant, added),
    ];
  }
}

function toLeaseColumns({ key, attempts, readyAt, lease }: ItemRow): Columns {
  return [
    key,
    attempts,
    readyAt,
    lease?.holder ?? null,
    lease?.position ?? null,
    lease?.leaseId ?? null,
    lease?.until ?? null,
  ];
}

function queueEntries(row: ItemRow | null, topics: readonly string[]): Columns[] {
  if (row === null) return [];
  return topics.map((topic) => [topic, row.readyAt, row.order, row.key]);
}
