import type { Route } from "@syntha/core/storage";

/** Routes repeat: most items of a mesh share a few. Bounded, as it is only here to save parsing. */
const known = new Map<string, Route>();
const MOST_KNOWN = 4_096;
const LONGEST_KNOWN = 1_024;

/** A route as one column. */
export function toRouteText(route: Route): string {
  return JSON.stringify([route.topics, route.subscribers, route.global ? 1 : 0]);
}

/** Routes that were read are shared and frozen, so that nobody changes another's. */
export function toRoute(text: string): Route {
  return known.get(text) ?? parse(text);
}

function parse(text: string): Route {
  const [topics, subscribers, global] = JSON.parse(text) as [string[], string[], 0 | 1];
  const route: Route = Object.freeze({
    topics: Object.freeze(topics),
    subscribers: Object.freeze(subscribers),
    global: global === 1,
  });
  if (text.length <= LONGEST_KNOWN) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, route);
  }
  return route;
}
