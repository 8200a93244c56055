import type { Session } from "../session/session.ts";
import type { Actor } from "../route/visibility.ts";
import { checkNames } from "../text/name.ts";
import type { WatchFilter } from "./watch-filter.ts";

const MOST_NAMES = 1_000;

/** @throws INVALID_ARGUMENTS, INVALID_TEXT for topics or keys that can't be any. */
export function toWatchFilter(
  session: Session,
  actor: Actor,
  {
    topics,
    keys,
  }: { topics?: readonly string[] | undefined; keys?: readonly string[] | undefined },
): WatchFilter {
  return {
    actor,
    topics: topics && new Set(checkNames("topic", topics, MOST_NAMES)),
    keys: keys && new Set(checkNames("key", keys, MOST_NAMES, session.encoder.limits.keyBytes)),
  };
}
