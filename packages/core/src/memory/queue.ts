import type { ItemRow } from "../model/item-row.ts";
import { priorityOf } from "../model/task-row.ts";
import type { KeyRecord } from "./key-table.ts";
import { SortedList } from "./sorted-list.ts";

/** Where an item is in a queue. */
interface Place {
  readonly readyAt: number;
  readonly order: number;
}

/** Has an item: a queue needs no separate object for it. */
interface QueueEntry {
  readonly row: unknown;
}

interface Rank {
  readonly priority: number;
  readonly entries: SortedList<QueueEntry>;
}

const byReadiness = (a: QueueEntry, b: QueueEntry): number => {
  const [left, right] = [a.row as Place, b.row as Place];
  return left.readyAt - right.readyAt || left.order - right.order;
};

/**
 * Items that can be claimed, now or later: a sorted list for each priority that occurs. While it has an item, the row of
 * that item may be replaced only by one with the same place and priority.
 */
export class Queue {
  /** From the highest priority. */
  readonly #ranks: Rank[] = [];

  get isEmpty(): boolean {
    return this.#ranks.length === 0;
  }

  add(record: KeyRecord): void {
    this.#entriesOf(priorityOf(record.row as ItemRow)).add(record);
  }

  delete(record: KeyRecord): void {
    const priority = priorityOf(record.row as ItemRow);
    const at = this.#rankAt(priority);
    const rank = this.#ranks[at];
    if (rank?.priority !== priority) return;
    rank.entries.delete(record);
    if (rank.entries.size === 0) this.#ranks.splice(at, 1);
  }

  /** Items that are ready, in the order in which they are claimed. */
  ready(now: number, skip: number, limit: number): ItemRow[] {
    const rows: ItemRow[] = [];
    let left = skip;
    for (const { entries } of this.#ranks) {
      for (const { row } of entries.from()) {
        if ((row as Place).readyAt > now) break;
        if (rows.length === limit) return rows;
        if (left-- <= 0) rows.push(row as ItemRow);
      }
    }
    return rows;
  }

  nextReadyAt(now: number): number | null {
    let next: number | null = null;
    const later: QueueEntry = { row: { readyAt: now + 1, order: 0 } satisfies Place };
    for (const { entries } of this.#ranks) {
      const [entry] = entries.from(later);
      const readyAt = (entry?.row as Place | undefined)?.readyAt;
      if (readyAt !== undefined && (next === null || readyAt < next)) next = readyAt;
    }
    return next;
  }

  #entriesOf(priority: number): SortedList<QueueEntry> {
    const at = this.#rankAt(priority);
    const found = this.#ranks[at];
    if (found?.priority === priority) return found.entries;
    const entries = new SortedList(byReadiness);
    this.#ranks.splice(at, 0, { priority, entries });
    return entries;
  }

  /** The index of a priority, or where it would be. Most queues have one, and every push of an item looks it up. */
  #rankAt(priority: number): number {
    let at = 0;
    while (at < this.#ranks.length && (this.#ranks[at] as Rank).priority > priority) at++;
    return at;
  }
}
