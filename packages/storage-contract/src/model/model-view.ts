import { sizeOf } from "../harness/index.ts";
import { modelItemAndState } from "./item-text.ts";
import { EVENT_TYPES, KEYS, READERS, TOPICS, AGENTS } from "./plan.ts";
import { retainedEntries } from "./retention.ts";
import {
  allows,
  byCodePoint,
  isVisibleTo,
  isExpired,
  stateOf,
  timeOf,
  topicsOf,
  visibleItems,
} from "./visibility.ts";
import type { ModelEntry, ModelItem, ModelTenant, Actor } from "./state.ts";

export interface Filter {
  topics?: string[];
  subscribers?: string[];
  prefix?: string;
  author?: string;
  state?: "open" | "claimed" | "done" | "failed";
  /** Milliseconds after the clock's start. */
  updatedAfter?: number;
}

/** One filter per step, in turn, to keep steps fast. */
export const FILTERS: readonly Filter[] = [
  {},
  { topics: ["t"] },
  { prefix: "a" },
  { subscribers: ["Bob"] },
  { author: "Ann" },
  { state: "open" },
  { state: "claimed" },
  { state: "done", topics: ["u"] },
  { updatedAfter: 40 },
  { prefix: "a", topics: ["constructor", "t"] },
  { state: "failed" },
];

const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** What one reader sees, according to the model. */
export function modelView(
  tenant: ModelTenant,
  who: Actor,
  clock: number,
  turn: number,
  start: number,
): unknown {
  const now = timeOf(tenant, clock);
  const items = visibleItems(who, tenant, now);
  const filter = FILTERS[turn % FILTERS.length] as Filter;
  const listed = items.filter(
    (item) =>
      (filter.topics === undefined || filter.topics.some((topic) => item.topics.includes(topic))) &&
      (filter.subscribers === undefined ||
        filter.subscribers.some((name) => item.subscribers.includes(name))) &&
      (filter.prefix === undefined || item.key.startsWith(filter.prefix)) &&
      (filter.author === undefined || item.author === filter.author) &&
      (filter.state === undefined || stateOf(item, now) === filter.state) &&
      (filter.updatedAfter === undefined || item.updatedAt > start + filter.updatedAfter),
  );
  const type = EVENT_TYPES[turn % 3];
  const allowed = tenant.permissions.find(({ agent }) => agent === who)?.allowed;
  return {
    keys: items.map(({ key }) => key),
    all: items.map(({ key, value }) => [key, value]),
    items: KEYS.map((key) => {
      const item = items.find((each) => each.key === key);
      return item ? modelItemAndState(item, now) : null;
    }),
    list: listed.map((item) => modelItemAndState(item, now)),
    byTopic: byTopic(tenant, who, items),
    events: tenant.events
      .filter(
        (event) => isVisibleTo(who, event, tenant) && (type === undefined || event.type === type),
      )
      .sort((a, b) => a.position - b.position)
      .map(({ id, type: name, data, owner, topics, at }) => [id, name, data, owner, topics, at]),
    subscriptions: who === null ? [] : topicsOf(who, tenant),
    explain: KEYS.map((key) => {
      const item = items.find((each) => each.key === key);
      return item ? reasons(tenant, who, item) : "absent";
    }),
    topics: topicCounts(tenant, now).filter(
      ([name]) =>
        who === null || !allowed || allows(allowed.post, name) || allows(allowed.subscribe, name),
    ),
  };
}

function byTopic(
  tenant: ModelTenant,
  who: Actor,
  items: readonly ModelItem[],
): [string, string[]][] {
  const subscribedTopics = (item: ModelItem): string[] =>
    item.topics.filter((topic) => who === null || topicsOf(who, tenant).includes(topic));
  const names = [...new Set([...TOPICS, "other"])].sort();
  return names
    .map((name): [string, string[]] => [
      name,
      items
        .filter((item) =>
          subscribedTopics(item).length > 0
            ? subscribedTopics(item).includes(name)
            : name === "other",
        )
        .map(({ key }) => key),
    ])
    .filter(([, keys]) => keys.length > 0);
}

function reasons(tenant: ModelTenant, who: Actor, item: ModelItem): string[] {
  if (who === null) return ["system"];
  return [
    ...(item.global ? ["global"] : []),
    ...(item.owner === who ? ["owner"] : []),
    ...(item.subscribers.includes(who) ? ["subscriber"] : []),
    ...(item.topics.some((topic) => topicsOf(who, tenant).includes(topic)) ? ["topic"] : []),
  ];
}

function topicCounts(tenant: ModelTenant, now: number): [string, number, number][] {
  const items = visibleItems(null, tenant, now);
  return [...TOPICS]
    .sort(byCodePoint)
    .map((name): [string, number, number] => [
      name,
      tenant.subscriptions.filter(({ topic }) => topic === name).length,
      items.filter(({ topics }) => topics.includes(name)).length,
    ])
    .filter(([, subscribers, count]) => subscribers + count > 0);
}

/** What the mesh reports about a tenant, according to the model. */
export function modelOverview(tenant: ModelTenant, clock: number, turn: number): unknown {
  const now = timeOf(tenant, clock);
  const items = visibleItems(null, tenant, now);
  const agents = new Set(tenant.subscriptions.map(({ agent }) => agent));
  const key = KEYS[turn % KEYS.length] as string;
  return {
    stats: {
      items: items.length,
      bytes: items.reduce((sum, { key: name, value }) => sum + sizeOf(name) + sizeOf(value), 0),
      global: items.filter((item) => item.global).length,
      routed: items.filter((item) => !item.global).length,
      expired: tenant.items.length - items.length,
      topics: topicCounts(tenant, now).length,
      agents: agents.size,
      events: tenant.events.length,
      revision: tenant.head,
      floor: tenant.floor,
      historyFloor: tenant.historyFloor,
      logEntries: tenant.commits.flatMap((commit) => retainedEntries(tenant, commit)).length,
    },
    subscribers: TOPICS.map((name) =>
      tenant.subscriptions
        .filter(({ topic }) => topic === name)
        .map(({ agent }) => agent)
        .sort(byCodePoint),
    ),
    permissions: AGENTS.map((name) => {
      const allowed = tenant.permissions.find(({ agent }) => agent === name)?.allowed;
      return orNull(allowed && [allowed.post, allowed.subscribe, allowed.global, allowed.direct]);
    }),
    explain: READERS.filter((who) => who !== null).map((who) => explanation(tenant, who, key, now)),
    history: history(tenant, key, now),
  };
}

function entriesOf(tenant: ModelTenant, key: string): [ModelEntry, number, Actor][] {
  return tenant.commits
    .flatMap((commit) =>
      retainedEntries(tenant, commit).map((entry): [ModelEntry, number, Actor] => [
        entry,
        commit.position,
        commit.actor,
      ]),
    )
    .filter(
      ([entry]) =>
        ("after" in entry && entry.after.key === key) ||
        ("before" in entry && entry.before?.key === key),
    );
}

function explanation(tenant: ModelTenant, who: Actor, key: string, now: number): unknown {
  const item = visibleItems(null, tenant, now).find((each) => each.key === key);
  if (item) {
    const found = reasons(tenant, who, item);
    if (found.length > 0) return found;
    const allowed = tenant.permissions.find(({ agent }) => agent === who)?.allowed;
    return [
      "not addressed",
      ...item.topics.filter((topic) => !allowed || allows(allowed.subscribe, topic)),
    ];
  }
  const last = entriesOf(tenant, key).at(-1)?.[0].type;
  if (last === undefined) return ["absent"];
  return [last === "delete" ? "deleted" : "expired"];
}

/** R8: omits the values of expired items, swept or not. */
function history(tenant: ModelTenant, key: string, now: number): unknown[] {
  const entries = entriesOf(tenant, key);
  const stored = tenant.items.find((item) => item.key === key);
  const hasExpired = stored !== undefined && isExpired(stored, now);
  return entries.map(([entry, position, by], i) => {
    const expires = entries.slice(i).some(([later]) => later.type === "expire");
    const after = entry.type === "put" ? entry.after : undefined;
    const state = entry.type === "lease" ? (entry.after.lease ? "claimed" : "open") : after?.state;
    const value = hasExpired || expires ? undefined : after?.value;
    return [entry.type, position, by, orNull(value), orNull(state)];
  });
}
