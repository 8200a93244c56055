import type { RouteInput } from "@syntha/core";
import {
  type Draft,
  setLease,
  liveItem,
  extendLease,
  put,
  reject,
  remove,
  visibleItem,
  topicsWithoutSubscribers,
} from "./draft.ts";
import { type ModelPublication, publish } from "./subscription.ts";
import { isExpired, topicsOf } from "./visibility.ts";
import type { ModelItem } from "./state.ts";
import { checkPosting, resultingRoute, routeOf, expiryOf } from "./item.ts";

export interface ModelClaim {
  from: { topic: string } | { key: string };
  leaseMs: number;
  maxAttempts: number | undefined;
}

/** R13: the oldest ready item of a topic, or one by key. */
export function claim(draft: Draft, { from, leaseMs, maxAttempts }: ModelClaim): ModelItem | null {
  for (const item of candidates(draft, from)) {
    if (isExpired(item, draft.now)) {
      remove(draft, item);
    } else if (maxAttempts !== undefined && item.attempts >= maxAttempts) {
      park(draft, item);
    } else {
      const end = draft.now + leaseMs;
      const granted: ModelItem = {
        ...item,
        attempts: item.attempts + 1,
        readyAt: end,
        lease: { holder: draft.actor, token: draft.position, until: end },
      };
      setLease(draft, granted);
      return granted;
    }
  }
  return null;
}

function candidates(draft: Draft, from: ModelClaim["from"]): ModelItem[] {
  const isReady = (item: ModelItem): boolean => item.readyAt !== null && item.readyAt <= draft.now;
  if ("key" in from)
    return [visibleItem(draft, from.key)].filter((item) => item && isReady(item)) as ModelItem[];
  if (draft.actor !== null && !topicsOf(draft.actor, draft).includes(from.topic))
    reject("FORBIDDEN");
  return draft.items
    .filter((item) => item.topics.includes(from.topic) && isReady(item))
    .sort((a, b) => (a.readyAt as number) - (b.readyAt as number) || a.queueNumber - b.queueNumber);
}

function park(draft: Draft, item: ModelItem): void {
  put(draft, { ...item, state: "failed", revision: draft.position, readyAt: null, lease: null });
}

export interface LeaseToken {
  key: string;
  /** The position of the claim, or that it belongs to another tenant. */
  token: number | "foreign";
}

function leasedItem(draft: Draft, { key, token }: LeaseToken): ModelItem & { lease: object } {
  const item = liveItem(draft, key);
  const { lease } = item ?? { lease: null };
  if (lease === null || lease.token !== token) reject("STALE_TOKEN");
  if (lease.holder !== draft.actor || lease.until <= draft.now) reject("STALE_TOKEN");
  return item as ModelItem & { lease: object };
}

export function extend(draft: Draft, held: LeaseToken, leaseMs: number): number {
  const item = leasedItem(draft, held);
  const end = draft.now + leaseMs;
  extendLease(draft, { ...item, readyAt: end, lease: { ...item.lease, until: end } } as ModelItem);
  return end;
}

export interface ModelCompletion {
  /** JSON text; undefined deletes the item. */
  result: string | undefined;
  route: RouteInput;
  ttl: number | "keep" | undefined;
  events: readonly ModelPublication[];
}

export function complete(draft: Draft, held: LeaseToken, completion: ModelCompletion): object {
  const { result, ttl, events } = completion;
  const route = routeOf(completion.route);
  if (result === undefined && (route !== undefined || ttl !== undefined))
    reject("INVALID_ARGUMENTS");
  for (const event of events) routeOf(event.route);
  if (new Set(events.map(({ id }) => id)).size < events.length) reject("INVALID_ARGUMENTS");
  const item = leasedItem(draft, held);
  let topics: string[] = [];
  if (result === undefined) {
    remove(draft, item);
  } else {
    const audience = resultingRoute(draft, item, route, true);
    checkPosting(draft, audience);
    topics = audience.topics;
    put(draft, {
      ...item,
      ...audience,
      value: result,
      author: draft.actor,
      revision: draft.position,
      state: "done",
      updatedAt: draft.now,
      expiresAt: expiryOf(draft, ttl, item),
      readyAt: null,
      lease: null,
    });
  }
  for (const event of events) publish(draft, event);
  return {
    revision: result === undefined ? undefined : draft.position,
    topicsWithoutSubscribers: topicsWithoutSubscribers(draft, topics),
  };
}

export interface ModelRelease {
  retryIn: number;
  countAttempt: boolean;
  maxAttempts: number | undefined;
}

export function release(draft: Draft, held: LeaseToken, options: ModelRelease): boolean {
  const item = leasedItem(draft, held);
  const { retryIn, countAttempt, maxAttempts } = options;
  if (countAttempt && maxAttempts !== undefined && item.attempts >= maxAttempts) {
    park(draft, item);
    return true;
  }
  const attempts = countAttempt ? item.attempts : item.attempts - 1;
  setLease(draft, { ...item, attempts, readyAt: draft.now + retryIn, lease: null });
  return false;
}
