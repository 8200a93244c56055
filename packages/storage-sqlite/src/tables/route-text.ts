import type { EventRow, Route, AudienceBucket } from "@syntha/core/storage";
import type { RouteIndex } from "./route-index.ts";

/** Routes repeat: most items of a mesh share a few. Bounded, as it is only here to save parsing. */
const known = new Map<string, Route>();
const MOST_KNOWN = 4_096;
const LONGEST_KNOWN = 1_024;

/** A route as one column. */
export function toRouteText(route: Route): string {
  return JSON.stringify([route.topics, route.subscribers, route.global ? 1 : 0]);
}

/** Routes that were read are shared and frozen, so that no reader changes another's. */
export function toItemRoute(text: string, index: RouteIndex, tenant: number, key: string): Route {
  return known.get(text) ?? parse(text) ?? fromTargets(index.ofItem(tenant, key));
}

/** The same for an event. */
export function toEventRoute(
  text: string,
  index: RouteIndex,
  tenant: number,
  place: Pick<EventRow, "position" | "index">,
): Route {
  const read = known.get(text) ?? parse(text);
  return read ?? fromTargets(index.ofEvent(tenant, place.position, place.index));
}

/** Undefined for text that is damaged. */
function parse(text: string): Route | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || !Array.isArray(parts[0]) || !Array.isArray(parts[1]))
    return undefined;
  const [topics, subscribers, global] = parts as [string[], string[], 0 | 1];
  const route = frozen(topics, subscribers, global === 1);
  if (text.length <= LONGEST_KNOWN) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, route);
  }
  return route;
}

function fromTargets(targets: readonly AudienceBucket[]): Route {
  const named = (kind: "t" | "s"): string[] =>
    targets.filter((target) => target.startsWith(kind)).map((target) => target.slice(1));
  return frozen(named("t"), named("s"), targets.includes("g"));
}

function frozen(topics: string[], subscribers: string[], global: boolean): Route {
  return Object.freeze({
    topics: Object.freeze(topics),
    subscribers: Object.freeze(subscribers),
    global,
  });
}
