import type { RouteInput } from "@syntha/core";
import {
  type Draft,
  setLease,
  liveItem,
  extendLease,
  put,
  readyAt,
  reject,
  remove,
  visibleItem,
  routeReport,
  withEndedLease,
} from "./draft.ts";
import { type ModelPublication, publish } from "./subscription.ts";
import { isExpired, topicsOf } from "./visibility.ts";
import type { ModelItem, ModelRoute } from "./state.ts";
import {
  checkPosting,
  checkPush,
  expiryOf,
  type ModelPush,
  type ModelTask,
  push,
  resultingRoute,
  routeOf,
} from "./item.ts";
import { checkReadSet, type ModelReadSet } from "./read-set.ts";

export interface ModelClaim {
  from: { topics: string[]; inbox: boolean } | { key: string };
  leaseMs: number;
  maxAttempts: number | undefined;
}

/** R13, R18: one item by key, or of topics and the inbox the one with the highest priority, then the oldest. */
export function claim(draft: Draft, { from, leaseMs, maxAttempts }: ModelClaim): ModelItem | null {
  for (const candidate of candidates(draft, from)) {
    const item = withEndedLease(candidate);
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
  const { actor } = draft;
  if (from.inbox && actor === null) reject("INVALID_ARGUMENTS");
  if (actor !== null && from.topics.some((topic) => !topicsOf(actor, draft).includes(topic)))
    reject("FORBIDDEN");
  return draft.items
    .filter(
      (item) =>
        isReady(item) &&
        (from.topics.some((topic) => item.topics.includes(topic)) ||
          (from.inbox && item.subscribers.includes(actor as string))),
    )
    .sort(
      (a, b) =>
        b.priority - a.priority ||
        (a.readyAt as number) - (b.readyAt as number) ||
        a.queueNumber - b.queueNumber,
    );
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

const NO_ROUTE: ModelRoute = { topics: [], subscribers: [], global: false };

export interface ModelCompletion {
  /** JSON text; undefined deletes the item. */
  result: string | undefined;
  route: RouteInput;
  ttl: number | "keep" | undefined;
  events: readonly ModelPublication[];
  pushes: readonly ModelPush[];
  readSet: ModelReadSet;
}

export function complete(draft: Draft, held: LeaseToken, completion: ModelCompletion): object {
  const { result, ttl } = completion;
  const route = routeOf(completion.route);
  if (result === undefined && (route !== undefined || ttl !== undefined))
    reject("INVALID_ARGUMENTS");
  checkFollowUps(draft, held, completion);
  const item = leasedItem(draft, held);
  let reached: ModelRoute = NO_ROUTE;
  if (result === undefined) {
    remove(draft, item);
  } else {
    const audience = resultingRoute(draft, item, route, true);
    checkPosting(draft, audience);
    reached = audience;
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
      lastFailure: null,
    });
  }
  return {
    revision: result === undefined ? undefined : draft.position,
    ...routeReport(draft, reached, route !== undefined),
    pushed: followUps(draft, completion),
  };
}

export interface ModelHandOff extends Omit<ModelCompletion, "result"> {
  /** JSON text. */
  value: string;
  task: ModelTask;
}

/** R18: the item stays open for the next stage; its owner stays too. */
export function handOff(draft: Draft, held: LeaseToken, request: ModelHandOff): object {
  const route = routeOf(request.route);
  checkFollowUps(draft, held, request);
  const item = leasedItem(draft, held);
  const audience = { ...resultingRoute(draft, item, route, true), owner: item.owner };
  checkPosting(draft, audience);
  const { priority = item.priority, delay } = request.task;
  const notBefore = delay === undefined ? null : draft.now + delay;
  put(draft, {
    ...item,
    ...audience,
    value: request.value,
    author: draft.actor,
    revision: draft.position,
    updatedAt: draft.now,
    expiresAt: expiryOf(draft, request.ttl, item),
    attempts: 0,
    readyAt: readyAt(notBefore, item.pending, draft.now),
    queueNumber: draft.position * 100,
    lease: null,
    priority,
    notBefore,
    lastFailure: null,
  });
  return {
    revision: draft.position,
    ...routeReport(draft, audience, route !== undefined),
    pushed: followUps(draft, request),
  };
}

type FollowUps = Pick<ModelCompletion, "pushes" | "events" | "readSet">;

function checkFollowUps(
  draft: Draft,
  { key }: LeaseToken,
  { pushes, events, readSet }: FollowUps,
): void {
  for (const request of pushes) checkPush(request);
  for (const event of events) routeOf(event.route);
  const names = [key, ...pushes.map((request) => request.key)];
  if (new Set(names).size < names.length) reject("INVALID_ARGUMENTS");
  if (new Set(events.map(({ id }) => id)).size < events.length) reject("INVALID_ARGUMENTS");
  checkReadSet(draft, readSet, pushes, events);
}

function followUps(
  draft: Draft,
  { pushes, events }: Pick<FollowUps, "pushes" | "events">,
): object[] {
  const pushed = pushes.map((request, index) => push(draft, request, 1 + index));
  for (const event of events) publish(draft, event);
  return pushed;
}

export function retry(draft: Draft, key: string): object {
  const item = visibleItem(draft, key) ?? reject("NOT_FOUND");
  if (draft.actor !== null && draft.actor !== item.owner) reject("NOT_OWNER");
  if (item.state !== "failed") reject("CONFLICT");
  const { position: revision, now } = draft;
  const at = readyAt(item.notBefore, item.pending, now);
  const queueNumber = revision * 100;
  put(draft, { ...item, state: "open", revision, attempts: 0, readyAt: at, queueNumber });
  return { revision };
}

export interface ModelRelease {
  retryIn: number;
  countAttempt: boolean;
  maxAttempts: number | undefined;
  error: string | undefined;
}

export function release(draft: Draft, held: LeaseToken, options: ModelRelease): boolean {
  return releaseItem(draft, leasedItem(draft, held), options);
}

/** R13: the system ends a lease without its token. */
export function endLease(
  draft: Draft,
  key: string,
  agent: string | undefined,
  options: ModelRelease,
): object {
  const item = liveItem(draft, key) ?? reject("NOT_FOUND");
  const { lease, attempts } = item;
  if (lease === null || lease.until <= draft.now) reject("CONFLICT");
  if (agent !== undefined && lease.holder !== agent) reject("CONFLICT");
  const { countAttempt, error } = options;
  const reason = countAttempt ? "The system released it before the attempt was finished." : error;
  const failed = releaseItem(draft, item, { ...options, error: error ?? reason });
  return { agent: lease.holder ?? undefined, attempt: attempts, failed };
}

function releaseItem(draft: Draft, leased: ModelItem, options: ModelRelease): boolean {
  const { retryIn, countAttempt, maxAttempts, error: message } = options;
  const agent = leased.lease?.holder ?? null;
  const lastFailure =
    message === undefined
      ? leased.lastFailure
      : { message, agent, at: draft.now, attempt: leased.attempts };
  const item = { ...leased, lastFailure };
  if (countAttempt && maxAttempts !== undefined && item.attempts >= maxAttempts) {
    park(draft, item);
    return true;
  }
  const attempts = countAttempt ? item.attempts : item.attempts - 1;
  setLease(draft, { ...item, attempts, readyAt: draft.now + retryIn, lease: null });
  return false;
}
