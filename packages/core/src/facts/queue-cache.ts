import type { ItemRow } from "../model/item-row.ts";

/** The first rows of a topic that can be claimed, now or later, as they were read. */
export interface QueueRead {
  /** By `readyAt`, then `order`. */
  readonly rows: readonly ItemRow[];
  /** Whether no others follow. */
  readonly isAll: boolean;
}

/** What was read of a queue, and what has changed in it since. */
export class QueueCache {
  readonly #topic: string;
  readonly #read: QueueRead;
  readonly #changed = new Map<string, ItemRow | undefined>();

  constructor(topic: string, read: QueueRead) {
    this.#topic = topic;
    this.#read = read;
  }

  /** The key's row is now another one, or none. */
  change(key: string, row: ItemRow | undefined): void {
    this.#changed.set(key, row);
  }

  /** Rows that are ready; undefined when not enough was read to tell. */
  ready(now: number, skip: number, limit: number): readonly ItemRow[] | undefined {
    const found = this.#rows()
      .filter((row) => (row.readyAt as number) <= now)
      .slice(skip, skip + limit);
    const edge = this.#edge();
    if (edge === undefined || (edge.readyAt as number) > now) return found;
    const last = found.at(-1);
    return found.length === limit && last !== undefined && byTurn(last, edge) <= 0
      ? found
      : undefined;
  }

  /** Null when nothing waits; undefined when not enough was read to tell. */
  nextReadyAt(now: number): number | null | undefined {
    const next = this.#rows().find((row) => (row.readyAt as number) > now);
    const edge = this.#edge();
    if (edge !== undefined && (next === undefined || byTurn(next, edge) > 0)) return undefined;
    return next === undefined ? null : next.readyAt;
  }

  /** The last row that was read, when others may stand behind it. */
  #edge(): ItemRow | undefined {
    return this.#read.isAll ? undefined : this.#read.rows.at(-1);
  }

  #rows(): ItemRow[] {
    const rows = this.#read.rows.filter((row) => !this.#changed.has(row.key));
    for (const row of this.#changed.values())
      if (row !== undefined && row.readyAt !== null && row.topics.includes(this.#topic))
        rows.push(row);
    return rows.sort(byTurn);
  }
}

function byTurn(a: ItemRow, b: ItemRow): number {
  return (a.readyAt as number) - (b.readyAt as number) || a.order - b.order;
}
