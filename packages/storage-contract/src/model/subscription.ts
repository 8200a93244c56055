import { checkReadSet, type ModelReadSet } from "./read-set.ts";
import type { RouteInput } from "@syntha/core";
import { type Draft, put, reject, remove, routeReport, withEndedLease } from "./draft.ts";
import { allows, byCodePoint, isVisibleTo, isExpired, topicsOf } from "./visibility.ts";
import type { ModelPermissions } from "./state.ts";
import { checkPosting, routeOf } from "./item.ts";

export function subscribe(draft: Draft, topics: readonly string[]): string[] {
  const agent = draft.actor as string;
  const allowed = draft.permissions.find((entry) => entry.agent === agent)?.allowed;
  if (allowed && topics.some((topic) => !allows(allowed.subscribe, topic))) reject("FORBIDDEN");
  const had = topicsOf(agent, draft);
  const added = [...new Set(topics)].filter((topic) => !had.includes(topic));
  if (added.length === 0) return [];
  draft.subscriptions.push(...added.map((topic) => ({ agent, topic })));
  draft.entries.push({ type: "subscribe", agent, topics: added });
  return added;
}

export function unsubscribe(
  draft: Draft,
  topics: readonly string[],
  agent = draft.actor as string,
): string[] {
  const had = topicsOf(agent, draft);
  const ended = [...new Set(topics)].filter((topic) => had.includes(topic));
  if (ended.length === 0) return [];
  draft.subscriptions = draft.subscriptions.filter(
    (entry) => entry.agent !== agent || !ended.includes(entry.topic),
  );
  draft.entries.push({ type: "unsubscribe", agent, topics: ended });
  return ended;
}

/** R5: also ends subscriptions that are no longer allowed. */
export function setPermissions(
  draft: Draft,
  agent: string,
  allowed: ModelPermissions | null,
): string[] {
  const ended = allowed
    ? topicsOf(agent, draft).filter((topic) => !allows(allowed.subscribe, topic))
    : [];
  unsubscribe(draft, ended, agent);
  const before = draft.permissions.find((entry) => entry.agent === agent)?.allowed ?? null;
  if (permissionsText(before) === permissionsText(allowed)) return ended;
  draft.entries.push({ type: "setPermissions", agent });
  const others = draft.permissions.filter((entry) => entry.agent !== agent);
  draft.permissions = allowed === null ? others : [...others, { agent, allowed }];
  return ended;
}

/** Equal for equal permissions, whatever their order. */
const permissionsText = (allowed: ModelPermissions | null): string =>
  JSON.stringify(
    allowed && {
      ...allowed,
      post: sortedTopics(allowed.post),
      subscribe: sortedTopics(allowed.subscribe),
    },
  );

const sortedTopics = (topics: string[] | "*"): string[] | "*" =>
  topics === "*" ? topics : topics.toSorted();

export function deleteTopic(draft: Draft, topic: string): object {
  const touched = draft.items
    .filter((item) => item.topics.includes(topic))
    .sort((a, b) => byCodePoint(a.key, b.key));
  const subscribers = draft.subscriptions.filter((entry) => entry.topic === topic).length;
  const isEventTopic = draft.events.some((event) => event.topics.includes(topic));
  if (subscribers === 0 && !isEventTopic && touched.every((item) => isExpired(item, draft.now))) {
    reject("NOT_FOUND");
  }
  draft.entries.push({ type: "topicDeleted", topic });
  let [deleted, kept] = [0, 0];
  for (const item of touched) {
    const topics = item.topics.filter((name) => name !== topic);
    const isLeft = topics.length > 0 || item.subscribers.length > 0;
    if (isExpired(item, draft.now)) {
      remove(draft, item);
    } else if (isLeft) {
      const readyAt = item.lease ? draft.now : item.readyAt;
      const hasEnded = item.lease !== null && item.lease.until <= draft.now;
      const left = hasEnded ? withEndedLease(item) : item;
      put(draft, { ...left, topics, revision: draft.position, readyAt, lease: null });
      kept++;
    } else {
      remove(draft, item);
      deleted++;
    }
  }
  draft.subscriptions = draft.subscriptions.filter((entry) => entry.topic !== topic);
  for (const event of draft.events) event.topics = event.topics.filter((name) => name !== topic);
  return { deleted, kept, subscribers };
}

export function clear(draft: Draft): number {
  const all = [...draft.items].sort((a, b) => byCodePoint(a.key, b.key));
  for (const item of all) remove(draft, item);
  return all.filter((item) => !isExpired(item, draft.now)).length;
}

export function sweep(draft: Draft): number {
  const over = draft.items.filter((item) => isExpired(item, draft.now));
  for (const item of over) remove(draft, item);
  return over.length;
}

export interface ModelPublication {
  id: string;
  type: string;
  /** JSON text. */
  data: string;
  route: RouteInput;
}

/** One event per id: the first. */
export function publish(
  draft: Draft,
  { id, type, data, route }: ModelPublication,
  readSet?: ModelReadSet,
): object {
  const named = routeOf(route);
  checkReadSet(draft, readSet, [], [{ id }]);
  const first = draft.events.find((event) => event.id === id);
  if (first && !isVisibleTo(draft.actor, first, draft)) reject("KEY_TAKEN");
  const audience = named ?? reject("ROUTE_REQUIRED");
  checkPosting(draft, audience);
  if (first === undefined) {
    const { actor, position, now } = draft;
    draft.events.push({ id, type, data, ...audience, owner: actor, position, at: now });
    draft.entries.push({ type: "event", id });
  }
  return {
    id,
    created: first === undefined,
    // R2, R19: of a repeated event, on the route that it has.
    ...routeReport(draft, first ?? audience, first === undefined),
  };
}
