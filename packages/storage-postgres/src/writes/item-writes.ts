import { type ItemRow, keepsRoute, bucketsOf } from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { toColumns } from "../tables/items.ts";
import type { Scalar } from "../tables/array-text.ts";
import { rowCalls, writeCalls } from "./row-batches.ts";

/** A key that was touched: its row as the database has it, whatever its value, and as it is to be. */
interface ChangedItem {
  readonly stored: ItemRow | undefined;
  row: ItemRow | undefined;
  /** Whether anything but its lease differs. */
  isWritten: boolean;
  /** The log's head when its lease was extended; null: it was not. */
  extended: number | null;
}

type Place = readonly Scalar[];

/** Items, with their edges and places in queues, that the database does not have yet. */
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

  /**
   * @param isWritten Whether anything but its lease differs.
   * @param extended The log's head when its lease was extended; null: it was not.
   */
  touch(
    before: ItemRow | null,
    after: ItemRow | undefined,
    isWritten: boolean,
    extended: number | null = null,
  ): void {
    const { key } = after ?? (before as ItemRow);
    const known = this.#changed.get(key);
    if (known === undefined)
      this.#changed.set(key, { stored: before ?? undefined, row: after, isWritten, extended });
    else {
      known.row = after;
      known.isWritten ||= isWritten;
      known.extended = extended;
    }
  }

  /** The calls that write them. */
  take(): Call[] {
    const touched = [...this.#changed.values()];
    this.#changed.clear();
    return [...this.#rowCalls(touched), ...this.#bucketCalls(touched)];
  }

  #rowCalls(touched: readonly ChangedItem[]): Call[] {
    const { items } = this.#tables;
    const [created, written]: [Place[], Place[]] = [[], []];
    const leased: Place[] = [];
    const gone: Place[] = [];
    for (const { stored, row, isWritten, extended } of touched) {
      if (row === undefined) {
        if (stored !== undefined) gone.push([stored.key]);
      } else if (stored === undefined) created.push(toColumns(row));
      else if (isWritten) written.push(toColumns(row));
      else leased.push([...toLeaseColumns(row), extended]);
    }
    return [
      ...rowCalls(items.delete, this.#tenant, gone),
      ...writeCalls(items.insert, this.#tenant, created),
      ...writeCalls(items.update, this.#tenant, written),
      ...rowCalls(items.updateLeases, this.#tenant, leased),
    ];
  }

  #bucketCalls(touched: readonly ChangedItem[]): Call[] {
    const { audiences, queue } = this.#tables;
    const edges: { add: Place[]; remove: Place[] } = { add: [], remove: [] };
    const ready: { add: Place[]; remove: Place[] } = { add: [], remove: [] };
    for (const { stored, row } of touched) {
      if (!keepsAudience(stored, row)) {
        const [old, next] = [stored ? bucketsOf(stored) : [], row ? bucketsOf(row) : []];
        for (const target of old)
          if (!next.includes(target)) edges.remove.push([target, (stored as ItemRow).key]);
        for (const target of next)
          if (!old.includes(target)) edges.add.push([target, (row as ItemRow).key]);
      }
      if (keepsQueueEntry(stored, row)) continue;
      const [old, next] = [stored ? queueEntries(stored) : [], row ? queueEntries(row) : []];
      ready.remove.push(...without(old, next));
      ready.add.push(...without(next, old));
    }
    return [
      ...rowCalls(audiences.remove, this.#tenant, edges.remove),
      ...writeCalls(audiences.add, this.#tenant, edges.add),
      ...rowCalls(queue.remove, this.#tenant, ready.remove),
      ...writeCalls(queue.add, this.#tenant, ready.add),
    ];
  }
}

function toLeaseColumns({ key, attempts, readyAt, lease }: ItemRow): Place {
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

function keepsAudience(before: ItemRow | undefined, after: ItemRow | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return keepsRoute(before, after) && before.owner === after.owner;
}

function keepsQueueEntry(before: ItemRow | undefined, after: ItemRow | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return (
    before.readyAt === after.readyAt &&
    before.order === after.order &&
    before.topics === after.topics
  );
}

function without(places: readonly Place[], others: readonly Place[]): Place[] {
  return places.filter(
    (place) => !others.some((other) => place.every((each, at) => each === other[at])),
  );
}

/** Where a row waits to be claimed. */
function queueEntries(row: ItemRow): Place[] {
  if (row.readyAt === null) return [];
  return row.topics.map((topic) => [topic, row.readyAt, row.order, row.key]);
}
