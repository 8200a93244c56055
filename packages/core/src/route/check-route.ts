import { SynthaError } from "../error/syntha-error.ts";
import { knownOptions } from "../options/known-options.ts";
import { refuseReservedName } from "../text/agent-name.ts";
import { checkNames } from "../text/name.ts";
import type { Route, RouteInput } from "./route.ts";

/** Bounds on one route. A mesh may set its own; these are the defaults. */
export interface RouteLimits {
  /** Topics of one item or event: 1 to 1,024. @default 64 */
  routeTopics: number;
  /** Subscribers of one item or event: 1 to 1,024. @default 64 */
  routeSubscribers: number;
}

export const DEFAULT_ROUTE_LIMITS: RouteLimits = { routeTopics: 64, routeSubscribers: 64 };

/** The maximum of both limits: storages index an item once for each of its topics and subscribers. */
export const MOST_ROUTE_NAMES = 1_024;

export const ROUTE = knownOptions<RouteInput>("a route", {
  topics: true,
  subscribers: true,
  global: true,
});

const TO_THE_SYSTEM = "Leave it out: the system sees every item without being named.";

const NONE: readonly string[] = [];
const GLOBAL: Route = { topics: NONE, subscribers: NONE, global: true };

/**
 * The route of a request; undefined if it has none.
 * @throws INVALID_ROUTE for empty lists, `global` beside a list, and `global: false` alone; what `checkNames` throws.
 */
export function checkRoute(input: RouteInput, limits: RouteLimits): Route | undefined {
  const { topics, subscribers, global } = input;
  if (topics === undefined && subscribers === undefined) {
    if (global === undefined) return undefined;
    if (global === true) return GLOBAL;
    throw invalidRoute("`global: false` alone has no audience.");
  }
  if (global === true) throw invalidRoute("A global route has no topics and no subscribers.");
  if (global !== undefined && global !== false)
    throw invalidRoute("`global` must be true or omitted.");
  return {
    topics: names("topic", topics, limits, "routeTopics"),
    subscribers: names("agent name", subscribers, limits, "routeSubscribers"),
    global: false,
  };
}

function names(
  what: string,
  list: readonly string[] | undefined,
  limits: RouteLimits,
  limit: keyof RouteLimits,
): readonly string[] {
  if (list === undefined) return NONE;
  if (!Array.isArray(list)) throw invalidRoute(`The ${what}s must be an array.`);
  if (list.length === 0) throw invalidRoute(`The list of ${what}s is empty.`);
  const maximum = limits[limit];
  if (list.length > maximum) throw tooManyNames(what, list.length, maximum, limit);
  const checked = checkNames(what, list, maximum);
  if (limit === "routeSubscribers")
    for (const name of checked) refuseReservedName(name, TO_THE_SYSTEM);
  return checked;
}

function tooManyNames(
  what: string,
  count: number,
  maximum: number,
  limit: keyof RouteLimits,
): SynthaError {
  const instead =
    what === "topic"
      ? "Use one topic that all of their subscribers subscribe to"
      : "Use a topic that all of these agents subscribe to";
  const raise =
    maximum < MOST_ROUTE_NAMES
      ? `, or raise \`limits.${limit}\` of the mesh, up to ${MOST_ROUTE_NAMES}`
      : "";
  return new SynthaError(
    "INVALID_ARGUMENTS",
    `A route of ${count} ${what}s is too long: ${maximum} are allowed.`,
    { hint: `${instead}${raise}.`, details: { path: what, maximum } },
  );
}

function invalidRoute(message: string): SynthaError {
  return new SynthaError("INVALID_ROUTE", message, {
    hint: `Name who it is for: topics: ["support"], subscribers: ["Manager"], both, or global: true. Leave out what you do not use.`,
  });
}
