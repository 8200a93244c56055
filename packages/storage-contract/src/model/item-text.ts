import type { Item } from "@syntha/core";
import { stateOf } from "./visibility.ts";
import type { ModelItem } from "./state.ts";

/** All fields of an item that its log entries have: without its state, which changes with the clock. */
export function modelItemText(item: ModelItem): string {
  const { key, value, topics, subscribers, global, owner, author, revision } = item;
  const { createdAt, updatedAt, expiresAt, priority, notBefore, dependsOn } = item;
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
    priority,
    notBefore,
    dependsOn,
  ]);
}

export function itemText(item: Item): string {
  const { key, value, topics, subscribers, global, owner, author, revision } = item;
  const { createdAt, updatedAt, expiresAt, priority, notBefore, dependsOn } = item;
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
    priority,
    notBefore?.getTime() ?? null,
    dependsOn,
  ]);
}

export const modelItemAndState = (item: ModelItem, now: number): string =>
  JSON.stringify([stateOf(item, now), modelItemText(item), progressOf(item)]);

export const itemAndState = (item: Item): string =>
  JSON.stringify([
    item.state,
    itemText(item),
    progressOf({
      attempts: item.attempts,
      pending: item.pendingDependencies,
      lastFailure: item.lastFailure && {
        ...item.lastFailure,
        agent: item.lastFailure.agent ?? null,
        at: item.lastFailure.at.getTime(),
      },
    }),
  ]);

/** What changes without a log entry, or with one that has only a lease. */
function progressOf({
  attempts,
  pending,
  lastFailure,
}: {
  attempts: number;
  pending: readonly string[];
  lastFailure: ModelItem["lastFailure"] | undefined;
}): unknown {
  const { message, agent, at, attempt } = lastFailure ?? {};
  return [attempts, pending, [message, agent, at, attempt]];
}
