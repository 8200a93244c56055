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
  /** Agents that are known (R19). */
  readonly known: readonly string[];
  /** Whether something changed that is not logged: the end of a lease, or what an item waits for. */
  hasUnlogged: boolean;
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
  const empty = { known: tenant.known, entries: [], hasUnlogged: false };
  const draft: Draft = { ...stateOf(tenant), actor, now, position, ...empty };
  const result = body(draft);
  satisfyDependencies(draft);
  if (draft.hasUnlogged || draft.entries.length > 0) see(tenant, draft);
  if (draft.hasUnlogged) Object.assign(tenant, stateOf(draft));
  if (draft.entries.length === 0) return result;
  const entries = structuredClone(draft.entries);
  tenant.commits.push({ position, at: now, actor, entries });
  Object.assign(tenant, stateOf(draft), { head: position, recordedAt: now });
  tenant.statesByPosition[position] = stateOf(tenant);
  return result;
}

/** The last change of a key in this commit. */
export function entryOf({ entries }: Draft, key: string): ModelEntry | undefined {
  return entries.findLast(
    (entry) =>
      ("after" in entry && entry.after.key === key) ||
      ("before" in entry && entry.before?.key === key),
  );
}

const isEnd = (entry: ModelEntry): boolean =>
  entry.type === "delete" ||
  entry.type === "expire" ||
  (entry.type === "put" && entry.after.state === "done" && entry.before?.state !== "done");

/** R18: done, deleted or expired, for good. An item that this commit creates waits for what its dependencies are now. */
function satisfyDependencies(draft: Draft): void {
  const ended = draft.entries.filter(isEnd).map((entry) => {
    const { before, after } = entry as { before?: ModelItem; after?: ModelItem };
    return (before ?? after)?.key;
  });
  for (const item of draft.items) {
    const own = entryOf(draft, item.key);
    const isNew = own?.type === "put" && own.before === null;
    const pending = item.pending.filter((key) => {
      const last = entryOf(draft, key);
      return !ended.includes(key) || (isNew && last !== undefined && !isEnd(last));
    });
    if (pending.length === item.pending.length) continue;
    // The same object is in the entry of this commit, if it has one.
    Object.assign(item, { pending, readyAt: readyAt(item.notBefore, pending, draft.now) });
    draft.hasUnlogged = true;
  }
}

/** When an item can be claimed that is ready at a time apart from its start and its dependencies. */
export function readyAt(
  notBefore: number | null,
  pending: readonly string[],
  at: number,
): number | null {
  return pending.length > 0 ? null : Math.max(at, notBefore ?? 0);
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
  draft.hasUnlogged = true;
  replace(draft, after);
}

function replace(draft: Draft, after: ModelItem): void {
  draft.items = [...draft.items.filter(({ key }) => key !== after.key), after];
}

/** R19: the actor of a commit, and whom its changes concern. */
function see(tenant: ModelTenant, { actor, entries }: Draft): void {
  const agents = entries.flatMap((entry) => ("agent" in entry ? [entry.agent] : []));
  if (actor !== null) agents.push(actor);
  tenant.known = [...new Set([...tenant.known, ...agents])];
}

/** An item that still has a lease, which has ended: its holder did not finish the attempt. */
export function withEndedLease(item: ModelItem): ModelItem {
  const { lease, attempts: attempt } = item;
  if (lease === null) return item;
  const message = "The lease ended before the attempt was finished.";
  return { ...item, lastFailure: { message, agent: lease.holder, at: lease.until, attempt } };
}

/** R2, R19: whom a route does not reach; agents only if the call names the route. */
export function routeReport(
  draft: Draft,
  { topics, subscribers }: { topics: readonly string[]; subscribers: readonly string[] },
  isNamed: boolean,
): object {
  const isKnown = (name: string): boolean => name === draft.actor || draft.known.includes(name);
  return {
    topicsWithoutSubscribers: topics.filter(
      (name) => !draft.subscriptions.some(({ topic }) => topic === name),
    ),
    unknownSubscribers: isNamed ? subscribers.filter((name) => !isKnown(name)) : [],
  };
}
