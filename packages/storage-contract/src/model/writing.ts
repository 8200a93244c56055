import type { RouteInput } from "@syntha/core";
import { type Draft, live, put, refuse, remove, seen, topicsWithoutSubscribers } from "./draft.ts";
import { isFor, isOver } from "./sight.ts";
import type { ModelItem, ModelRoute, Who } from "./state.ts";

export interface ModelPush {
  key: string;
  /** JSON text. */
  value: string;
  route: RouteInput;
  ttl: number | "keep" | undefined;
  ifRevision: number | undefined;
}

/** R3: what a caller named, or undefined for nothing. */
export function routeOf({ topics, subscribers, global }: RouteInput): ModelRoute | undefined {
  const lists = topics !== undefined || subscribers !== undefined;
  if (topics?.length === 0 || subscribers?.length === 0) refuse("INVALID_ROUTE");
  if (lists && global === true) refuse("INVALID_ROUTE");
  if (!lists && global === false) refuse("INVALID_ROUTE");
  if (!lists && global === undefined) return undefined;
  return {
    topics: [...new Set(topics)],
    subscribers: [...new Set(subscribers)],
    global: global === true,
  };
}

/** R5, on the route that results. */
export function checkPosting({ by, permissions }: Draft, route: ModelRoute): void {
  const allowed = permissions.find(({ agent }) => agent === by)?.allowed;
  if (by === null || allowed === undefined) return;
  if (route.topics.some((topic) => !allowed.post.includes(topic))) refuse("FORBIDDEN");
  if (route.global && !allowed.global) refuse("FORBIDDEN");
  if (route.subscribers.length > 0 && !allowed.direct) refuse("FORBIDDEN");
}

const sorted = (names: readonly string[]): string => JSON.stringify([...names].sort());

function isSame(a: ModelRoute, b: ModelRoute): boolean {
  return (
    a.global === b.global &&
    sorted(a.topics) === sorted(b.topics) &&
    sorted(a.subscribers) === sorted(b.subscribers)
  );
}

/** R3, R4: the route and owner of what is there already, when this route is named. */
export function rerouted(
  { by }: Draft,
  item: ModelItem,
  route: ModelRoute | undefined,
  mayReroute: boolean,
): ModelRoute & { owner: Who } {
  const { topics, subscribers, global, owner } = item;
  if (route === undefined || isSame(route, item)) return { topics, subscribers, global, owner };
  if (!mayReroute) refuse("NOT_OWNER");
  return { ...route, owner: by };
}

export function until(
  { now }: Draft,
  ttl: number | "keep" | undefined,
  item: ModelItem | undefined,
): number | null {
  if (ttl === undefined) return null;
  return ttl === "keep" ? (item?.expiresAt ?? null) : now + ttl;
}

/** R3, R4, R5, R8, R10. */
export function push(draft: Draft, request: ModelPush, index: number): object {
  const { by, now, position } = draft;
  const route = routeOf(request.route);
  const held = live(draft, request.key);
  if (held && !isFor(by, held, draft)) refuse("KEY_TAKEN");
  if (request.ifRevision !== undefined && request.ifRevision !== (held?.revision ?? 0))
    refuse("CONFLICT");
  const over = draft.items.find((item) => item.key === request.key && isOver(item, now));
  const sight = held
    ? rerouted(draft, held, route, by === null || by === held.owner)
    : { ...(route ?? refuse("ROUTE_REQUIRED")), owner: by };
  checkPosting(draft, sight);
  if (over) remove(draft, over);
  // What waits untouched keeps its turn; everything else goes to the end of the queue.
  const waiting = held?.stage === "open" && held.lease === null ? held : undefined;
  const expiresAt = until(draft, request.ttl, held);
  put(draft, {
    key: request.key,
    value: request.value,
    ...sight,
    author: by,
    revision: position,
    stage: "open",
    createdAt: held?.createdAt ?? now,
    updatedAt: now,
    expiresAt,
    attempts: 0,
    readyAt: Math.min(waiting?.readyAt ?? now, now),
    turn: waiting?.turn ?? position * 100 + index,
    lease: null,
  });
  return {
    key: request.key,
    revision: position,
    created: held === undefined,
    topicsWithoutSubscribers: topicsWithoutSubscribers(draft, sight.topics),
    expiresAt,
  };
}

export function pushMany(draft: Draft, requests: readonly ModelPush[]): object[] {
  for (const { route } of requests) routeOf(route);
  if (requests.length === 0) refuse("INVALID_ARGUMENTS");
  if (new Set(requests.map(({ key }) => key)).size < requests.length) refuse("INVALID_ARGUMENTS");
  return requests.map((request, index) => push(draft, request, index));
}

/** Reads a list, adds to it, writes it back. */
export function append(draft: Draft, key: string, element: number, route: RouteInput): object {
  routeOf(route);
  const item = seen(draft, key);
  const old: unknown = item && JSON.parse(item.value);
  const value = JSON.stringify([...(Array.isArray(old) ? (old as unknown[]) : []), element]);
  const ifRevision = item?.revision ?? 0;
  return item
    ? push(draft, { key, value, route: {}, ttl: "keep", ifRevision }, 0)
    : push(draft, { key, value, route, ttl: undefined, ifRevision }, 0);
}

export function deletion(draft: Draft, key: string, ifRevision: number | undefined): boolean {
  const item = seen(draft, key);
  if (ifRevision !== undefined && ifRevision !== (item?.revision ?? 0)) refuse("CONFLICT");
  if (item === undefined) return false;
  if (draft.by !== null && draft.by !== item.owner) refuse("NOT_OWNER");
  remove(draft, item);
  return true;
}
