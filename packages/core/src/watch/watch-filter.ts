import type { Audience } from "../route/route.ts";
import { type Actor, isVisible } from "../route/visibility.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import { checkNames } from "../text/name.ts";
import type { Subscribed } from "./commit-subscriptions.ts";

/** Topics, and keys, that one watch may name. */
const MAX_NAMES = 1_000;

/** What a watch shows, and to whom. */
export interface WatchFilter {
  readonly actor: Actor;
  readonly topics: ReadonlySet<string> | undefined;
  readonly keys: ReadonlySet<string> | undefined;
}

/** @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE */
export function toWatchFilter(
  encoder: RequestEncoder,
  actor: Actor,
  names: { topics?: readonly string[] | undefined; keys?: readonly string[] | undefined },
): WatchFilter {
  const { topics, keys } = names;
  return {
    actor,
    topics: topics && new Set(checkNames("topic", topics, MAX_NAMES)),
    keys: keys && new Set(checkNames("key", keys, MAX_NAMES, encoder.limits.keyBytes)),
  };
}

/** Whether a watch shows an item with this key and audience, or an event, which has no key. */
export function matchesFilter(
  { actor, topics, keys }: WatchFilter,
  key: string | undefined,
  audience: Audience,
  subscribed: Subscribed,
): boolean {
  return (
    (keys === undefined || (key !== undefined && keys.has(key))) &&
    (topics === undefined || audience.topics.some((topic) => topics.has(topic))) &&
    isVisible(actor, audience, (topic) => subscribed.has(topic))
  );
}
