import type { Audience } from "../route/route.ts";
import { type Actor, isVisible } from "../route/visibility.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import { checkNames, checkPrefix } from "../text/name.ts";
import type { Subscribed } from "./commit-subscriptions.ts";

/** Topics, keys, and event types that one watch may name. */
const MAX_NAMES = 1_000;

/** Selects what a watch shows; items match every part given for them. */
export interface WatchSelection<
  T extends string = string,
  K extends string = string,
  P extends string = string,
  E extends string = string,
> {
  /** Only items and events on at least one of these topics; an item that leaves them is reported as `hide`. */
  topics?: readonly T[] | undefined;
  /** Only these keys; no events unless `types` names some. */
  keys?: readonly K[] | undefined;
  /** Only keys with this prefix; no events unless `types` names some. */
  prefix?: P | undefined;
  /** Only events of these types; no items unless `keys` or `prefix` selects some. */
  types?: readonly E[] | undefined;
}

export const WATCH_SELECTION = { topics: true, keys: true, prefix: true, types: true } as const;

/** What a watch shows, and to whom. */
export interface WatchFilter {
  readonly actor: Actor;
  readonly topics: ReadonlySet<string> | undefined;
  readonly keys: ReadonlySet<string> | undefined;
  readonly prefix: string | undefined;
  readonly types: ReadonlySet<string> | undefined;
  /** Whether it shows any items. */
  readonly hasItems: boolean;
  /** Whether it shows any events. */
  readonly hasEvents: boolean;
}

/** @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE */
export function toWatchFilter(
  encoder: RequestEncoder,
  actor: Actor,
  { topics, keys, prefix, types }: WatchSelection,
): WatchFilter {
  const start = checkPrefix(prefix);
  const selectsItems = keys !== undefined || start !== undefined;
  return {
    actor,
    topics: topics && new Set(checkNames("topic", topics, MAX_NAMES)),
    keys: keys && new Set(checkNames("key", keys, MAX_NAMES, encoder.limits.keyBytes)),
    prefix: start,
    types: types && new Set(checkNames("event type", types, MAX_NAMES)),
    hasItems: selectsItems || types === undefined,
    hasEvents: types !== undefined || !selectsItems,
  };
}

/** Whether a watch shows the item of a key, if its audience includes the actor. */
export function matchesKey({ hasItems, keys, prefix }: WatchFilter, key: string): boolean {
  return (
    hasItems &&
    (keys === undefined || keys.has(key)) &&
    (prefix === undefined || key.startsWith(prefix))
  );
}

/** Whether a watch shows an item with this key and audience. */
export function matchesItem(
  filter: WatchFilter,
  key: string,
  audience: Audience,
  subscribed: Subscribed,
): boolean {
  return matchesKey(filter, key) && matchesAudience(filter, audience, subscribed);
}

/** Whether a watch shows an event. */
export function matchesEvent(
  filter: WatchFilter,
  event: Audience & { readonly type: string },
  subscribed: Subscribed,
): boolean {
  const { hasEvents, types } = filter;
  return (
    hasEvents &&
    (types === undefined || types.has(event.type)) &&
    matchesAudience(filter, event, subscribed)
  );
}

function matchesAudience(
  { actor, topics }: WatchFilter,
  audience: Audience,
  subscribed: Subscribed,
): boolean {
  return (
    (topics === undefined || audience.topics.some((topic) => topics.has(topic))) &&
    isVisible(actor, audience, (topic) => subscribed.has(topic))
  );
}
