import { visible } from "../terminal/escape.ts";

export interface RouteParts {
  readonly topics?: readonly string[] | undefined;
  readonly subscribers?: readonly string[] | undefined;
  readonly global?: boolean | undefined;
}

/** Names of a route that are shown; the rest of a longer list is counted. */
const MOST = 20;

/** Whom a route is for, such as `customers, @Manager`. */
export function routeText({ topics = [], subscribers = [], global = false }: RouteParts): string {
  const names = [...topics, ...subscribers.map((name) => `@${name}`)];
  const shown = names.slice(0, MOST).map(visible);
  if (names.length > MOST) shown.push(`… ${names.length - MOST} more`);
  return [...(global ? ["everyone"] : []), ...shown].join(", ");
}

/** The arrow to a route; empty for an event, whose named agents are not listed, without topics. */
export function toRoute(route: RouteParts): string {
  const text = routeText(route);
  return text === "" ? "" : ` → ${text}`;
}
