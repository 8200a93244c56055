import type { CorruptItem, Failure, Item, ItemHeader } from "@syntha/core";
import type { ItemSummary, TaskFailure } from "../../api/index.ts";
import { previewOf } from "./preview.ts";

/** An item as the page shows it in lists. */
export function toItemSummary(item: Item | CorruptItem): ItemSummary {
  if ("error" in item)
    return { ...toHeader(item), preview: "", bytes: 0, unreadable: item.error.message };
  return { ...toHeader(item), ...previewOf(item.value) };
}

function toHeader(item: ItemHeader): Omit<ItemSummary, "preview" | "bytes"> {
  const { key, topics, subscribers, global, owner, author, revision, state } = item;
  const { attempts, priority, dependsOn, pendingDependencies, lastFailure } = item;
  return {
    key,
    topics,
    subscribers,
    global,
    owner,
    author,
    revision,
    state,
    createdAt: item.createdAt.toISOString(),
    updatedAt: item.updatedAt.toISOString(),
    expiresAt: item.expiresAt?.toISOString(),
    attempts,
    priority,
    notBefore: item.notBefore?.toISOString(),
    dependsOn,
    pendingDependencies,
    lastFailure: lastFailure && toTaskFailure(lastFailure),
  };
}

function toTaskFailure({ at, ...rest }: Failure): TaskFailure {
  return { ...rest, at: at.toISOString() };
}
