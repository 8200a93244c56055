import type { RouteInput } from "@syntha/core";
import {
  type Draft,
  lend,
  live,
  prolong,
  put,
  refuse,
  remove,
  seen,
  topicsWithoutSubscribers,
} from "./draft.ts";
import { type ModelPublication, publish } from "./gathering.ts";
import { isOver, topicsOf } from "./sight.ts";
import type { ModelItem } from "./state.ts";
import { checkPosting, rerouted, routeOf, until } from "./writing.ts";

export interface ModelClaim {
  from: { topic: string } | { key: string };
  leaseMs: number;
  maxAttempts: number | undefined;
}

/** R13: the oldest ready item of a topic, or one by key. */
export function claim(draft: Draft, { from, leaseMs, maxAttempts }: ModelClaim): ModelItem | null {
  for (const item of candidates(draft, from)) {
    if (isOver(item, draft.now)) {
      remove(draft, item);
    } else if (maxAttempts !== undefined && item.attempts >= maxAttempts) {
      park(draft, item);
    } else {
      const end = draft.now + leaseMs;
      const granted: ModelItem = {
        ...item,
        attempts: item.attempts + 1,
        readyAt: end,
        lease: { holder: draft.by, token: draft.position, until: end },
      };
      lend(draft, granted);
      return granted;
    }
  }
  return null;
}

function candidates(draft: Draft, from: ModelClaim["from"]): ModelItem[] {
  const isReady = (item: ModelItem): boolean => item.readyAt !== null && item.readyAt <= draft.now;
  if ("key" in from)
    return [seen(draft, from.key)].filter((item) => item && isReady(item)) as ModelItem[];
  if (draft.by !== null && !topicsOf(draft.by, draft).includes(from.topic)) refuse("FORBIDDEN");
  return draft.items
    .filter((item) => item.topics.includes(from.topic) && isReady(item))
    .sort((a, b) => (a.readyAt as number) - (b.readyAt as number) || a.turn - b.turn);
}

function park(draft: Draft, item: ModelItem): void {
  put(draft, { ...item, stage: "failed", revision: draft.position, readyAt: null, lease: null });
}

export interface Held {
  key: string;
  /** The position of the claim; of this tenant's life, or another's. */
  token: number | "foreign";
}

function holding(draft: Draft, { key, token }: Held): ModelItem & { lease: object } {
  const item = live(draft, key);
  const { lease } = item ?? { lease: null };
  if (lease === null || lease.token !== token) refuse("STALE_TOKEN");
  if (lease.holder !== draft.by || lease.until <= draft.now) refuse("STALE_TOKEN");
  return item as ModelItem & { lease: object };
}

export function extend(draft: Draft, held: Held, leaseMs: number): number {
  const item = holding(draft, held);
  const end = draft.now + leaseMs;
  prolong(draft, { ...item, readyAt: end, lease: { ...item.lease, until: end } } as ModelItem);
  return end;
}

export interface ModelCompletion {
  /** JSON text; undefined deletes the item. */
  result: string | undefined;
  route: RouteInput;
  ttl: number | "keep" | undefined;
  events: readonly ModelPublication[];
}

export function complete(draft: Draft, held: Held, completion: ModelCompletion): object {
  const { result, ttl, events } = completion;
  const route = routeOf(completion.route);
  if (result === undefined && (route !== undefined || ttl !== undefined))
    refuse("INVALID_ARGUMENTS");
  for (const event of events) routeOf(event.route);
  if (new Set(events.map(({ id }) => id)).size < events.length) refuse("INVALID_ARGUMENTS");
  const item = holding(draft, held);
  let topics: string[] = [];
  if (result === undefined) {
    remove(draft, item);
  } else {
    const sight = rerouted(draft, item, route, true);
    checkPosting(draft, sight);
    topics = sight.topics;
    put(draft, {
      ...item,
      ...sight,
      value: result,
      author: draft.by,
      revision: draft.position,
      stage: "done",
      updatedAt: draft.now,
      expiresAt: until(draft, ttl, item),
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

export function release(draft: Draft, held: Held, options: ModelRelease): boolean {
  const item = holding(draft, held);
  const { retryIn, countAttempt, maxAttempts } = options;
  if (countAttempt && maxAttempts !== undefined && item.attempts >= maxAttempts) {
    park(draft, item);
    return true;
  }
  const attempts = countAttempt ? item.attempts : item.attempts - 1;
  lend(draft, { ...item, attempts, readyAt: draft.now + retryIn, lease: null });
  return false;
}
