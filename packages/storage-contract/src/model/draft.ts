import type { ErrorCode } from "@syntha/core";
import { isVisibleTo, isExpired, timeOf } from "./visibility.ts";
import {
  type ModelState,
  type ModelEntry,
  type ModelItem,
  type ModelTenant,
  Rejection,
  type Actor,
} from "./state.ts";

/** A commit being built: the changed state and its log entries. */
export interface Draft extends ModelState {
  readonly actor: Actor;
  readonly now: number;
  readonly position: number;
  readonly entries: ModelEntry[];
  /** Whether a lease was extended, which is not logged. */
  hasExtension: boolean;
}

const stateOf = ({ items, subscriptions, permissions, events }: ModelState): ModelState =>
  structuredClone({ items, subscriptions, permissions, events });

/** R11, R16: applies all of `body` or nothing. Takes a position only if something is logged. */
export function commit<R>(
  tenant: ModelTenant,
  clock: number,
  actor: Actor,
  body: (draft: Draft) => R,
): R {
  const now = timeOf(tenant, clock);
  const position = tenant.head + 1;
  const empty = { entries: [], hasExtension: false };
  const draft: Draft = { ...stateOf(tenant), actor, now, position, ...empty };
  const result = body(draft);
  if (draft.hasExtension) Object.assign(tenant, stateOf(draft));
  if (draft.entries.length === 0) return result;
  const entries = structuredClone(draft.entries);
  tenant.commits.push({ position, at: now, actor, entries });
  Object.assign(tenant, stateOf(draft), { head: position, recordedAt: now });
  tenant.statesByPosition[position] = stateOf(tenant);
  return result;
}

export function reject(code: ErrorCode): never {
  throw new Rejection(code);
}

/** The item under a key, unless it has expired. */
export function liveItem(draft: Draft, key: string): ModelItem | undefined {
  return draft.items.find((item) => item.key === key && !isExpired(item, draft.now));
}

/** The same, if the actor sees it. */
export function visibleItem(draft: Draft, key: string): ModelItem | undefined {
  const item = liveItem(draft, key);
  return item && isVisibleTo(draft.actor, item, draft) ? item : undefined;
}

export function put(draft: Draft, after: ModelItem): void {
  const before = liveItem(draft, after.key) ?? null;
  draft.entries.push({ type: "put", before, after });
  draft.items = [...draft.items.filter(({ key }) => key !== after.key), after];
}

export function remove(draft: Draft, before: ModelItem): void {
  draft.entries.push({ type: isExpired(before, draft.now) ? "expire" : "delete", before });
  draft.items = draft.items.filter(({ key }) => key !== before.key);
}

export function setLease(draft: Draft, after: ModelItem): void {
  draft.entries.push({ type: "lease", after });
  replace(draft, after);
}

export function extendLease(draft: Draft, after: ModelItem): void {
  draft.hasExtension = true;
  replace(draft, after);
}

function replace(draft: Draft, after: ModelItem): void {
  draft.items = [...draft.items.filter(({ key }) => key !== after.key), after];
}

export function topicsWithoutSubscribers(draft: Draft, topics: readonly string[]): string[] {
  return topics.filter((name) => !draft.subscriptions.some(({ topic }) => topic === name));
}
