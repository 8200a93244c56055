import type { ItemRow } from "../model/item-row.ts";

/** The first rows of a topic that can be claimed, now or later, as they were read. */
export interface QueueRead {
  /** By `readyAt`, then `order`. */
  readonly rows: readonly ItemRow[];
  /** Whether no rows follow. */
  readonly isAll: boolean;
}

/** The part of a queue that was read, and what has changed in it since. */
export class QueueCache {
  readonly #topic: string;
  readonly #read: QueueRead;
  readonly #changed = new Map<string, ItemRow | undefined>();

  constructor(topic: string, read: QueueRead) {
    this.#topic = topic;
    this.#read = read;
  }

  /** Replaces the row of a key. */
  replace(key: string, row: ItemRow | undefined): void {
    this.#changed.set(key, row);
  }

  /** Rows that are ready; undefined if not enough was read. */
  ready(now: number, skip: number, limit: number): readonly ItemRow[] | undefined {
    const found = this.#rows()
      .filter((row) => (row.readyAt as number) <= now)
      .slice(skip, skip + limit);
    const edge = this.#edge();
    if (edge === undefined || (edge.readyAt as number) > now) return found;
    const last = found.at(-1);
    return found.length === limit && last !== undefined && byQueueOrder(last, edge) <= 0
      ? found
      : undefined;
  }

  /** Null if nothing waits; undefined if not enough was read. */
  nextReadyAt(now: number): number | null | undefined {
    const next = this.#rows().find((row) => (row.readyAt as number) > now);
    const edge = this.#edge();
    if (edge !== undefined && (next === undefined || byQueueOrder(next, edge) > 0))
      return undefined;
    return next === undefined ? null : next.readyAt;
  }

  /** The last row that was read, if others may follow it. */
  #edge(): ItemRow | undefined {
    return this.#read.isAll ? undefined : this.#read.rows.at(-1);
  }

  #rows(): ItemRow[] {
    const rows = this.#read.rows.filter((row) => !this.#changed.has(row.key));
    for (const row of this.#changed.values())
      if (row !== undefined && row.readyAt !== null && row.topics.includes(this.#topic))
        rows.push(row);
    return rows.sort(byQueueOrder);
  }
}

function byQueueOrder(a: ItemRow, b: ItemRow): number {
  return (a.readyAt as number) - (b.readyAt as number) || a.order - b.order;
}
