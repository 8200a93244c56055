import { bucketsOf, type ItemRow, keepsRoute } from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Scalar } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { toColumns } from "../tables/items.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";

interface ChangedItem {
  /** The row that the database has. */
  readonly stored: ItemRow | undefined;
  /** The row to write; undefined to delete it. */
  row: ItemRow | undefined;
  /** Whether anything but the lease differs. */
  isWritten: boolean;
  /** The log's head when the lease was extended; null if it was not. */
  extended: number | null;
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

  /**
   * @param isWritten whether anything but the lease differs
   * @param extended the log's head when the lease was extended; null if it was not
   */
  change(
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

  take(): Call[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    return [
      ...this.#itemCalls(changed),
      ...this.#audienceCalls(changed),
      ...this.#queueCalls(changed),
    ];
  }

  #itemCalls(changed: readonly ChangedItem[]): Call[] {
    const { items } = this.#tables;
    const created: Columns[] = [];
    const updated: Columns[] = [];
    const leased: Columns[] = [];
    const deleted: Columns[] = [];
    for (const { stored, row, isWritten, extended } of changed) {
      if (row === undefined) {
        if (stored !== undefined) deleted.push([stored.key]);
      } else if (stored === undefined) created.push(toColumns(row));
      else if (isWritten) updated.push(toColumns(row));
      else leased.push([...toLeaseColumns(row), extended]);
    }
    return [
      ...rowCalls(items.delete, this.#tenant, deleted),
      ...insertCalls(items.insert, this.#tenant, created),
      ...insertCalls(items.update, this.#tenant, updated),
      ...rowCalls(items.updateLeases, this.#tenant, leased),
    ];
  }

  #audienceCalls(changed: readonly ChangedItem[]): Call[] {
    const { audiences } = this.#tables;
    const [added, removed]: [Columns[], Columns[]] = [[], []];
    for (const { stored, row } of changed) {
      if (keepsAudience(stored, row)) continue;
      const [old, next] = [stored ? bucketsOf(stored) : [], row ? bucketsOf(row) : []];
      const { key } = row ?? (stored as ItemRow);
      for (const bucket of old) if (!next.includes(bucket)) removed.push([bucket, key]);
      for (const bucket of next) if (!old.includes(bucket)) added.push([bucket, key]);
    }
    return [
      ...rowCalls(audiences.remove, this.#tenant, removed),
      ...insertCalls(audiences.add, this.#tenant, added),
    ];
  }

  #queueCalls(changed: readonly ChangedItem[]): Call[] {
    const { queue } = this.#tables;
    const [added, removed]: [Columns[], Columns[]] = [[], []];
    for (const { stored, row } of changed) {
      if (keepsQueueEntry(stored, row)) continue;
      const [old, next] = [stored ? queueEntries(stored) : [], row ? queueEntries(row) : []];
      removed.push(...without(old, next));
      added.push(...without(next, old));
    }
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

function without(entries: readonly Columns[], others: readonly Columns[]): Columns[] {
  return entries.filter(
    (entry) => !others.some((other) => entry.every((each, at) => each === other[at])),
  );
}

function queueEntries(row: ItemRow): Columns[] {
  if (row.readyAt === null) return [];
  return row.topics.map((topic) => [topic, row.readyAt, row.order, row.key]);
}
