import type { ItemRow } from "../model/item-row.ts";
import { priorityOf } from "../model/task-row.ts";
import { SortedList } from "./sorted-list.ts";

interface QueueEntry {
  readonly key: string;
  readonly readyAt: number;
  readonly order: number;
}

interface Rank {
  readonly priority: number;
  readonly entries: SortedList<QueueEntry>;
}

const byReadiness = (a: QueueEntry, b: QueueEntry): number =>
  a.readyAt - b.readyAt || a.order - b.order;

/** Items that can be claimed, now or later: a sorted list for each priority that occurs. */
export class Queue {
  /** From the highest priority. */
  readonly #ranks: Rank[] = [];

  get isEmpty(): boolean {
    return this.#ranks.length === 0;
  }

  add(row: ItemRow): void {
    const { key, readyAt, order } = row;
    this.#entriesOf(priorityOf(row)).add({ key, readyAt: readyAt as number, order });
  }

  delete(row: ItemRow): void {
    const priority = priorityOf(row);
    const at = this.#rankAt(priority);
    const rank = this.#ranks[at];
    if (rank?.priority !== priority) return;
    rank.entries.delete(row as QueueEntry);
    if (rank.entries.size === 0) this.#ranks.splice(at, 1);
  }

  /** Keys of items that are ready, in the order in which they are claimed. */
  ready(now: number, skip: number, limit: number): string[] {
    const keys: string[] = [];
    let left = skip;
    for (const { entries } of this.#ranks) {
      for (const { key, readyAt } of entries.from()) {
        if (readyAt > now) break;
        if (keys.length === limit) return keys;
        if (left-- <= 0) keys.push(key);
      }
    }
    return keys;
  }

  nextReadyAt(now: number): number | null {
    let next: number | null = null;
    for (const { entries } of this.#ranks) {
      const [entry] = entries.from({ key: "", readyAt: now + 1, order: 0 });
      if (entry !== undefined && (next === null || entry.readyAt < next)) next = entry.readyAt;
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
