import { type ItemRow, keepsRoute, bucketsOf } from "@syntha/core/storage";
import type { Call } from "../connections/statement.ts";
import type { Sql } from "../tables/index.ts";
import { toColumns } from "../tables/item.ts";
import type { Scalar } from "../tables/array-text.ts";
import { rowsCall, writeCalls } from "./rows-call.ts";

/** A key that was touched: its row as the database has it, whatever its value, and as it is to be. */
interface Touched {
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
  readonly #sql: Sql;
  readonly #tenant: string;
  readonly #touched = new Map<string, Touched>();

  constructor(sql: Sql, tenant: string) {
    this.#sql = sql;
    this.#tenant = tenant;
  }

  get isEmpty(): boolean {
    return this.#touched.size === 0;
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
    const known = this.#touched.get(key);
    if (known === undefined)
      this.#touched.set(key, { stored: before ?? undefined, row: after, isWritten, extended });
    else {
      known.row = after;
      known.isWritten ||= isWritten;
      known.extended = extended;
    }
  }

  /** The calls that write them. */
  take(): Call[] {
    const touched = [...this.#touched.values()];
    this.#touched.clear();
    return [...this.#rowCalls(touched), ...this.#bucketCalls(touched)];
  }

  #rowCalls(touched: readonly Touched[]): Call[] {
    const { item } = this.#sql;
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
      ...rowsCall(item.delete, this.#tenant, gone),
      ...writeCalls(item.insert, this.#tenant, created),
      ...writeCalls(item.update, this.#tenant, written),
      ...rowsCall(item.updateLeases, this.#tenant, leased),
    ];
  }

  #bucketCalls(touched: readonly Touched[]): Call[] {
    const { bucket } = this.#sql;
    const edges: { add: Place[]; remove: Place[] } = { add: [], remove: [] };
    const ready: { add: Place[]; remove: Place[] } = { add: [], remove: [] };
    for (const { stored, row } of touched) {
      if (!staysInSight(stored, row)) {
        const [old, next] = [stored ? bucketsOf(stored) : [], row ? bucketsOf(row) : []];
        for (const target of old)
          if (!next.includes(target)) edges.remove.push([target, (stored as ItemRow).key]);
        for (const target of next)
          if (!old.includes(target)) edges.add.push([target, (row as ItemRow).key]);
      }
      if (staysInQueue(stored, row)) continue;
      const [old, next] = [stored ? turns(stored) : [], row ? turns(row) : []];
      ready.remove.push(...without(old, next));
      ready.add.push(...without(next, old));
    }
    return [
      ...rowsCall(bucket.removeEdges, this.#tenant, edges.remove),
      ...writeCalls(bucket.addEdges, this.#tenant, edges.add),
      ...rowsCall(bucket.removeReady, this.#tenant, ready.remove),
      ...writeCalls(bucket.addReady, this.#tenant, ready.add),
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

function staysInSight(before: ItemRow | undefined, after: ItemRow | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return keepsRoute(before, after) && before.owner === after.owner;
}

function staysInQueue(before: ItemRow | undefined, after: ItemRow | undefined): boolean {
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
function turns(row: ItemRow): Place[] {
  if (row.readyAt === null) return [];
  return row.topics.map((topic) => [topic, row.readyAt, row.order, row.key]);
}
