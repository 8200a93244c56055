import type { Item } from "@syntha/core";
import { stateOf } from "./visibility.ts";
import type { ModelItem } from "./state.ts";

type ItemFields = Record<
  Exclude<keyof ModelItem, "state" | "attempts" | "readyAt" | "queueNumber" | "lease">,
  unknown
>;

/** All fields of an item except its state, which changes with the clock. */
export function modelItemText(item: ItemFields): string {
  const { key, value, topics, subscribers, global, owner, author, revision } = item;
  const { createdAt, updatedAt, expiresAt } = item;
  const route = [topics, subscribers, global, owner, author];
  return JSON.stringify([key, value, route, revision, createdAt, updatedAt, expiresAt]);
}

export function itemText(item: Item): string {
  const time = (date: Date | undefined): number | null => date?.getTime() ?? null;
  return modelItemText({
    ...item,
    value: JSON.stringify(item.value),
    owner: item.owner ?? null,
    author: item.author ?? null,
    createdAt: time(item.createdAt),
    updatedAt: time(item.updatedAt),
    expiresAt: time(item.expiresAt),
  });
}

export const modelItemAndState = (item: ModelItem, now: number): string =>
  `${stateOf(item, now)} ${modelItemText(item)}`;

export const itemAndState = (item: Item): string => `${item.state} ${itemText(item)}`;
