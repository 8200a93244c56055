import type { RouteInput } from "@syntha/core";
import {
  type Draft,
  entryOf,
  liveItem,
  put,
  readyAt,
  reject,
  remove,
  visibleItem,
  routeReport,
} from "./draft.ts";
import { checkReadSet, type ModelReadSet } from "./read-set.ts";
import { allows, isVisibleTo, isExpired } from "./visibility.ts";
import type { ModelItem, ModelRoute, Actor } from "./state.ts";

export interface ModelPush {
  key: string;
  /** JSON text. */
  value: string;
  route: RouteInput;
  ttl: number | "keep" | undefined;
  ifRevision: number | undefined;
  task: ModelTask;
}

export interface ModelTask {
  priority?: number | undefined;
  /** Milliseconds from the commit. */
  delay?: number | undefined;
  dependsOn?: string[] | undefined;
}

/** R3: the route that a caller named; undefined for none. */
export function routeOf({ topics, subscribers, global }: RouteInput): ModelRoute | undefined {
  const lists = topics !== undefined || subscribers !== undefined;
  if (topics?.length === 0 || subscribers?.length === 0) reject("INVALID_ROUTE");
  if (lists && global === true) reject("INVALID_ROUTE");
  if (!lists && global === false) reject("INVALID_ROUTE");
  if (!lists && global === undefined) return undefined;
  return {
    topics: [...new Set(topics)],
    subscribers: [...new Set(subscribers)],
    global: global === true,
  };
}

/** R5, checked on the resulting route. */
export function checkPosting({ actor, permissions }: Draft, route: ModelRoute): void {
  const allowed = permissions.find(({ agent }) => agent === actor)?.allowed;
  if (actor === null || allowed === undefined) return;
  if (route.topics.some((topic) => !allows(allowed.post, topic))) reject("FORBIDDEN");
  if (route.global && !allowed.global) reject("FORBIDDEN");
  if (route.subscribers.length > 0 && !allowed.direct) reject("FORBIDDEN");
}

const sorted = (names: readonly string[]): string => JSON.stringify([...names].sort());

function isSameRoute(a: ModelRoute, b: ModelRoute): boolean {
  return (
    a.global === b.global &&
    sorted(a.topics) === sorted(b.topics) &&
    sorted(a.subscribers) === sorted(b.subscribers)
  );
}

/** R3, R4: route and owner of an existing item that is written with this route. */
export function resultingRoute(
  { actor }: Draft,
  item: ModelItem,
  route: ModelRoute | undefined,
  mayReroute: boolean,
): ModelRoute & { owner: Actor } {
  const { topics, subscribers, global, owner } = item;
  if (route === undefined || isSameRoute(route, item))
    return { topics, subscribers, global, owner };
  if (!mayReroute) reject("NOT_OWNER");
  return { ...route, owner: actor };
}

export function expiryOf(
  { now }: Draft,
  ttl: number | "keep" | undefined,
  item: ModelItem | undefined,
): number | null {
  if (ttl === undefined) return null;
  return ttl === "keep" ? (item?.expiresAt ?? null) : now + ttl;
}

/** R3, R4, R5, R8, R10. */
export function push(draft: Draft, request: ModelPush, index: number): object {
  const { actor, now, position } = draft;
  const route = routeOf(request.route);
  checkPush(request);
  const held = liveItem(draft, request.key);
  if (held && !isVisibleTo(actor, held, draft)) reject("KEY_TAKEN");
  if (request.ifRevision !== undefined && request.ifRevision !== (held?.revision ?? 0))
    reject("CONFLICT");
  const over = draft.items.find((item) => item.key === request.key && isExpired(item, now));
  const audience = held
    ? resultingRoute(draft, held, route, actor === null || actor === held.owner)
    : { ...(route ?? reject("ROUTE_REQUIRED")), owner: actor };
  checkPosting(draft, audience);
  if (over) remove(draft, over);
  // An open item keeps its place in the queue; any other goes to the end.
  const waiting = held?.state === "open" && held.lease === null ? held : undefined;
  const { priority, delay, dependsOn } = request.task;
  if (held && dependsOn && sorted([...new Set(dependsOn)]) !== sorted(held.dependsOn))
    reject("INVALID_ARGUMENTS");
  const notBefore = delay === undefined ? (held?.notBefore ?? null) : now + delay;
  const pending = held?.pending ?? unsatisfied(draft, [...new Set(dependsOn)]);
  const expiresAt = expiryOf(draft, request.ttl, held);
  put(draft, {
    key: request.key,
    value: request.value,
    ...audience,
    author: actor,
    revision: position,
    state: "open",
    createdAt: held?.createdAt ?? now,
    updatedAt: now,
    expiresAt,
    attempts: 0,
    readyAt: readyAt(notBefore, pending, Math.min(waiting?.readyAt ?? now, now)),
    queueNumber: waiting?.queueNumber ?? position * 100 + index,
    lease: null,
    priority: priority ?? held?.priority ?? 0,
    notBefore,
    dependsOn: held?.dependsOn ?? [...new Set(dependsOn)],
    pending,
    lastFailure: null,
  });
  return {
    key: request.key,
    revision: position,
    created: held === undefined,
    expiresAt,
    ...routeReport(draft, audience, route !== undefined || held === undefined),
  };
}

/** R18: what a new item waits for; each must be visible, or written earlier in the commit. */
function unsatisfied(draft: Draft, keys: string[]): string[] {
  const missing = keys.filter((key) => !entryOf(draft, key) && !visibleItem(draft, key));
  if (missing.length > 0) reject("NOT_FOUND");
  return keys.filter((key) => {
    const item = draft.items.find((each) => each.key === key);
    return item !== undefined && item.state !== "done";
  });
}

/** What is refused before anything is read. */
export function checkPush({ key, route, task }: ModelPush): void {
  routeOf(route);
  if (task.dependsOn?.includes(key)) reject("INVALID_ARGUMENTS");
}

export function pushMany(
  draft: Draft,
  requests: readonly ModelPush[],
  readSet: ModelReadSet,
): object[] {
  for (const request of requests) checkPush(request);
  if (requests.length === 0) reject("INVALID_ARGUMENTS");
  if (new Set(requests.map(({ key }) => key)).size < requests.length) reject("INVALID_ARGUMENTS");
  checkReadSet(draft, readSet, requests, []);
  return requests.map((request, index) => push(draft, request, index));
}

/** Appends to a list, as `update` does. */
export function append(draft: Draft, key: string, element: number, route: RouteInput): object {
  routeOf(route);
  const item = visibleItem(draft, key);
  const old: unknown = item && JSON.parse(item.value);
  const value = JSON.stringify([...(Array.isArray(old) ? (old as unknown[]) : []), element]);
  const ifRevision = item?.revision ?? 0;
  return item
    ? push(draft, { key, value, route: {}, ttl: "keep", ifRevision, task: {} }, 0)
    : push(draft, { key, value, route, ttl: undefined, ifRevision, task: {} }, 0);
}

export function deleteItem(draft: Draft, key: string, ifRevision: number | undefined): boolean {
  const item = visibleItem(draft, key);
  if (ifRevision !== undefined && ifRevision !== (item?.revision ?? 0)) reject("CONFLICT");
  if (item === undefined) return false;
  if (draft.actor !== null && draft.actor !== item.owner) reject("NOT_OWNER");
  remove(draft, item);
  return true;
}
