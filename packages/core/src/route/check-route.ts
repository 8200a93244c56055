import { SynthaError } from "../error/syntha-error.ts";
import { knownOptions } from "../options/known-options.ts";
import { checkNames } from "../text/name.ts";
import type { Route, RouteInput } from "./route.ts";

/** Topics, and subscribers, that one route may name. */
const MAX_ROUTE_NAMES = 64;

export const ROUTE = knownOptions<RouteInput>("a route", {
  topics: true,
  subscribers: true,
  global: true,
});

const NONE: readonly string[] = [];
const GLOBAL: Route = { topics: NONE, subscribers: NONE, global: true };

/**
 * The route that the input names, or undefined when it names none.
 * @throws INVALID_ROUTE for empty lists, `global` beside a list, and `global: false` alone; what `checkNames` throws.
 */
export function checkRoute(input: RouteInput): Route | undefined {
  const { topics, subscribers, global } = input;
  if (topics === undefined && subscribers === undefined) {
    if (global === undefined) return undefined;
    if (global === true) return GLOBAL;
    throw invalidRoute("`global: false` alone names nobody.");
  }
  if (global === true)
    throw invalidRoute(
      "A global item is for everyone: it takes no topics and no subscribers beside it.",
    );
  if (global !== undefined && global !== false) throw invalidRoute("`global` is true or left out.");
  return {
    topics: names("topic", topics),
    subscribers: names("agent name", subscribers),
    global: false,
  };
}

function names(what: string, list: readonly string[] | undefined): readonly string[] {
  if (list === undefined) return NONE;
  if (!Array.isArray(list)) throw invalidRoute(`A list is needed where ${what}s are named.`);
  if (list.length === 0) throw invalidRoute(`An empty list of ${what}s names nobody.`);
  return checkNames(what, list, MAX_ROUTE_NAMES);
}

function invalidRoute(message: string): SynthaError {
  return new SynthaError("INVALID_ROUTE", message, {
    hint: `Name who it is for: topics: ["support"], subscribers: ["Manager"], both, or global: true. Leave out what you do not use.`,
  });
}
