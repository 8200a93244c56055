import type { Item } from "@syntha/core";
import { stateOf } from "./visibility.ts";
import type { ModelItem } from "./state.ts";

/** All fields of an item except its state, which changes with the clock. */
export function modelItemText(item: ModelItem): string {
  const { key, value, topics, subscribers, global, owner, author, revision } = item;
  const { createdAt, updatedAt, expiresAt } = item;
  return JSON.stringify([
    key,
    value,
    topics,
    subscribers,
    global,
    owner,
    author,
    revision,
    createdAt,
    updatedAt,
    expiresAt,
  ]);
}

export function itemText(item: Item): string {
  const { key, value, topics, subscribers, global, owner, author, revision } = item;
  const { createdAt, updatedAt, expiresAt } = item;
  return JSON.stringify([
    key,
    JSON.stringify(value),
    topics,
    subscribers,
    global,
    owner ?? null,
    author ?? null,
    revision,
    createdAt.getTime(),
    updatedAt.getTime(),
    expiresAt?.getTime() ?? null,
  ]);
}

export const modelItemAndState = (item: ModelItem, now: number): string =>
  `${stateOf(item, now)} ${modelItemText(item)}`;

export const itemAndState = (item: Item): string => `${item.state} ${itemText(item)}`;
