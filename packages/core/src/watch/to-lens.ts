import type { Session } from "../mesh/session.ts";
import type { Reader } from "../route/sight.ts";
import { checkNames } from "../text/name.ts";
import type { Lens } from "./outlook.ts";

const MOST_NAMES = 1_000;

/** @throws INVALID_ARGUMENTS, INVALID_TEXT for topics or keys that can't be any. */
export function toLens(
  session: Session,
  reader: Reader,
  {
    topics,
    keys,
  }: { topics?: readonly string[] | undefined; keys?: readonly string[] | undefined },
): Lens {
  return {
    reader,
    topics: topics && new Set(checkNames("topic", topics, MOST_NAMES)),
    keys: keys && new Set(checkNames("key", keys, MOST_NAMES, session.limits.keyBytes)),
  };
}
