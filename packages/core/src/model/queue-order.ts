import type { ItemRow } from "./item-row.ts";
import { priorityOf } from "./task-row.ts";

/** The order in which items of queues are claimed. */
export function byQueueOrder(a: ItemRow, b: ItemRow): number {
  return (
    priorityOf(b) - priorityOf(a) ||
    (a.readyAt as number) - (b.readyAt as number) ||
    a.order - b.order
  );
}
