import type { ErrorCode } from "@syntha/core";
import { isFor, isOver, timeOf } from "./sight.ts";
import {
  type Holdings,
  type ModelEntry,
  type ModelItem,
  type ModelTenant,
  Refused,
  type Who,
} from "./state.ts";

/** One commit in the making: the holdings to change, and what it says in the log. */
export interface Draft extends Holdings {
  readonly by: Who;
  readonly now: number;
  readonly position: number;
  readonly entries: ModelEntry[];
  /** Whether a lease was extended, which no entry tells of. */
  isExtended: boolean;
}

const holdingsOf = ({ items, subscriptions, permissions, events }: Holdings): Holdings =>
  structuredClone({ items, subscriptions, permissions, events });

/** R11, R16: all that `body` does, or nothing; a position only for what is logged. */
export function commit<R>(
  tenant: ModelTenant,
  clock: number,
  by: Who,
  body: (draft: Draft) => R,
): R {
  const now = timeOf(tenant, clock);
  const position = tenant.head + 1;
  const empty = { entries: [], isExtended: false };
  const draft: Draft = { ...holdingsOf(tenant), by, now, position, ...empty };
  const result = body(draft);
  if (draft.isExtended) Object.assign(tenant, holdingsOf(draft));
  if (draft.entries.length === 0) return result;
  const entries = structuredClone(draft.entries);
  tenant.commits.push({ position, at: now, by, entries });
  Object.assign(tenant, holdingsOf(draft), { head: position, recordedAt: now });
  tenant.moments[position] = holdingsOf(tenant);
  return result;
}

export function refuse(code: ErrorCode): never {
  throw new Refused(code);
}

/** What holds the key, when it is not over. */
export function live(draft: Draft, key: string): ModelItem | undefined {
  return draft.items.find((item) => item.key === key && !isOver(item, draft.now));
}

/** The same, as far as whoever does this sees it. */
export function seen(draft: Draft, key: string): ModelItem | undefined {
  const item = live(draft, key);
  return item && isFor(draft.by, item, draft) ? item : undefined;
}

export function put(draft: Draft, after: ModelItem): void {
  const before = live(draft, after.key) ?? null;
  draft.entries.push({ type: "put", before, after });
  draft.items = [...draft.items.filter(({ key }) => key !== after.key), after];
}

export function remove(draft: Draft, before: ModelItem): void {
  draft.entries.push({ type: isOver(before, draft.now) ? "expire" : "delete", before });
  draft.items = draft.items.filter(({ key }) => key !== before.key);
}

/** Claims and releases. */
export function lend(draft: Draft, after: ModelItem): void {
  draft.entries.push({ type: "lease", after });
  replace(draft, after);
}

/** Extensions. */
export function prolong(draft: Draft, after: ModelItem): void {
  draft.isExtended = true;
  replace(draft, after);
}

function replace(draft: Draft, after: ModelItem): void {
  draft.items = [...draft.items.filter(({ key }) => key !== after.key), after];
}

export function topicsWithoutSubscribers(draft: Draft, topics: readonly string[]): string[] {
  return topics.filter((name) => !draft.subscriptions.some(({ topic }) => topic === name));
}
