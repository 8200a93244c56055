import type { EventRow, Route, AudienceBucket } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Query, query } from "../connection/statement.ts";

/** Routes repeat: most items of a mesh share a few. Bounded, as it is only here to save parsing. */
const known = new Map<string, Route>();
const MOST_KNOWN = 4_096;
const LONGEST_KNOWN = 1_024;

/** A route as one column. */
export function toRouteText(route: Route): string {
  return JSON.stringify([route.topics, route.subscribers, route.global ? 1 : 0]);
}

/** Routes that were read are shared and frozen, so that no reader changes another's. */
export function toItemRoute(text: string, index: RouteRepair, tenant: number, key: string): Route {
  return known.get(text) ?? parse(text) ?? fromTargets(index.ofItem(tenant, key));
}

/** The same for an event. */
export function toEventRoute(
  text: string,
  index: RouteRepair,
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

function fromTargets(buckets: readonly AudienceBucket[]): Route {
  const named = (kind: "t" | "s"): string[] =>
    buckets.filter((bucket) => bucket.startsWith(kind)).map((bucket) => bucket.slice(1));
  return frozen(named("t"), named("s"), buckets.includes("g"));
}

function frozen(topics: string[], subscribers: string[], global: boolean): Route {
  return Object.freeze({
    topics: Object.freeze(topics),
    subscribers: Object.freeze(subscribers),
    global,
  });
}

/** The buckets that a row lies in, which hold the same as its route: for a route that is damaged. */
export class RouteRepair {
  readonly #database: Database;
  #ofItem: Query<[AudienceBucket]> | undefined;
  #ofEvent: Query<[AudienceBucket]> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  ofItem(tenant: number, key: string): AudienceBucket[] {
    this.#ofItem ??= query(
      this.#database,
      "SELECT bucket FROM syntha_item_audience WHERE tenant = ? AND key = ? ORDER BY bucket",
    );
    return this.#ofItem.all(tenant, key).map(([bucket]) => bucket);
  }

  ofEvent(tenant: number, position: number, index: number): AudienceBucket[] {
    this.#ofEvent ??= query(
      this.#database,
      `SELECT bucket FROM syntha_event_audience WHERE tenant = ? AND position = ? AND idx = ?
       ORDER BY bucket`,
    );
    return this.#ofEvent.all(tenant, position, index).map(([bucket]) => bucket);
  }
}
