import type { ItemRow } from "../model/item-row.ts";
import { byQueueOrder } from "../model/queue-order.ts";
import { type QueueBucket, queueBucketsOf } from "../route/audience-bucket.ts";

/** What was read of a queue at a time. */
export interface QueueRead {
  /** The time, in milliseconds. */
  readonly at: number;
  /** The first rows that are ready at that time: from the highest priority, then by `readyAt`, then `order`. */
  readonly rows: readonly ItemRow[];
  /** Whether no more rows are ready. */
  readonly isAll: boolean;
  /** When the next row becomes ready after that time, of any priority: null if none will, undefined if it was not read. */
  readonly nextReadyAt: number | null | undefined;
}

/** The part of a queue that was read, and what has changed in it since. */
export class QueueCache {
  readonly #queue: QueueBucket;
  readonly #read: QueueRead;
  readonly #changed = new Map<string, ItemRow | undefined>();
  /** Whether the row that becomes ready next has changed since: the one after it was not read. */
  #isNextChanged = false;

  constructor(queue: QueueBucket, read: QueueRead) {
    this.#queue = queue;
    this.#read = read;
  }

  replace(key: string, before: ItemRow | null, after: ItemRow | null): void {
    const { nextReadyAt } = this.#read;
    if (before !== null && before.readyAt === (nextReadyAt ?? undefined))
      this.#isNextChanged = true;
    this.#changed.set(key, after ?? undefined);
  }

  /** Rows that are ready; undefined if not enough was read. */
  ready(now: number, skip: number, limit: number): readonly ItemRow[] | undefined {
    const { at, nextReadyAt, isAll, rows } = this.#read;
    // Rows have become ready since it was read, or may have.
    if (now > at && (nextReadyAt === undefined || isUpTo(nextReadyAt, now))) return undefined;
    const found = this.#rows()
      .filter((row) => (row.readyAt as number) <= now)
      .slice(skip, skip + limit);
    const edge = isAll ? undefined : rows.at(-1);
    if (edge === undefined) return isAll ? found : undefined;
    const last = found.at(-1);
    return found.length === limit && last !== undefined && byQueueOrder(last, edge) <= 0
      ? found
      : undefined;
  }

  /** Null if nothing waits; undefined if not enough was read. */
  nextReadyAt(now: number): number | null | undefined {
    const { at, nextReadyAt, isAll } = this.#read;
    if (nextReadyAt === undefined || this.#isNextChanged || isUpTo(nextReadyAt, now))
      return undefined;
    // Earlier than it was read: rows that were not read may become ready in between.
    if (now < at && !isAll) return undefined;
    let next = nextReadyAt;
    for (const { readyAt } of this.#rows())
      if (readyAt !== null && readyAt > now && (next === null || readyAt < next)) next = readyAt;
    return next;
  }

  #rows(): ItemRow[] {
    const rows = this.#read.rows.filter((row) => !this.#changed.has(row.key));
    for (const row of this.#changed.values())
      if (row !== undefined && row.readyAt !== null && queueBucketsOf(row).includes(this.#queue))
        rows.push(row);
    return rows.sort(byQueueOrder);
  }
}

function isUpTo(time: number | null, now: number): boolean {
  return time !== null && time <= now;
}
