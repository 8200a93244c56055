import { visible } from "../terminal/escape.ts";

export interface RouteParts {
  readonly topics?: readonly string[] | undefined;
  readonly subscribers?: readonly string[] | undefined;
  readonly global?: boolean | undefined;
}

/** Names of a list that are shown; the rest of a longer one is counted. */
const MOST = 20;

/** Names as a list, such as `a, b, … 3 more`. */
export function listText(names: readonly string[], most = MOST): string {
  const shown = names.slice(0, most);
  if (names.length > most) shown.push(`… ${names.length - most} more`);
  return shown.join(", ");
}

/** Whom a route is for, such as `customers, @Manager`. */
export function routeText({ topics = [], subscribers = [], global = false }: RouteParts): string {
  const names = [...topics, ...subscribers.map((name) => `@${name}`)].map(visible);
  return [...(global ? ["everyone"] : []), ...(names.length > 0 ? [listText(names)] : [])].join(
    ", ",
  );
}

/** The arrow to a route; empty for an event, whose named agents are not listed, without topics. */
export function toRoute(route: RouteParts): string {
  const text = routeText(route);
  return text === "" ? "" : ` → ${text}`;
}
