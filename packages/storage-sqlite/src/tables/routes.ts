import type { AudienceBucket, EntryPosition, Route } from "@syntha/core/storage";
import { type Query, query, type SqlDatabase } from "../sql/database.ts";

/** Parsed routes by their text: most items of a mesh share a few. */
const cache = new Map<string, Route>();
const MAX_CACHED = 4_096;
const MAX_CACHED_LENGTH = 1_024;

/** The text of the column `route`. */
export function toRouteText(route: Route): string {
  return JSON.stringify([route.topics, route.subscribers, route.global ? 1 : 0]);
}

/** Reads the column `route`. A damaged one is restored from the audience tables, which hold the same. */
export class Routes {
  readonly #database: SqlDatabase;
  #ofItem: Query<[AudienceBucket]> | undefined;
  #ofEvent: Query<[AudienceBucket]> | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  ofItem(text: string, tenant: number, key: string): Route {
    const route = parseRoute(text);
    if (route !== undefined) return route;
    this.#ofItem ??= query(
      this.#database,
      "SELECT bucket FROM syntha_item_audience WHERE tenant = ? AND key = ? ORDER BY bucket",
    );
    return toRoute(this.#ofItem.all(tenant, key));
  }

  ofEvent(text: string, tenant: number, { position, index }: EntryPosition): Route {
    const route = parseRoute(text);
    if (route !== undefined) return route;
    this.#ofEvent ??= query(
      this.#database,
      `SELECT bucket FROM syntha_event_audience WHERE tenant = ? AND position = ? AND idx = ?
       ORDER BY bucket`,
    );
    return toRoute(this.#ofEvent.all(tenant, position, index));
  }
}

/** Undefined for damaged text. */
function parseRoute(text: string): Route | undefined {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || !Array.isArray(parts[0]) || !Array.isArray(parts[1]))
    return undefined;
  const [topics, subscribers, global] = parts as [string[], string[], 0 | 1];
  const route = freeze(topics, subscribers, global === 1);
  if (text.length <= MAX_CACHED_LENGTH) {
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, route);
  }
  return route;
}

function toRoute(rows: readonly [AudienceBucket][]): Route {
  const buckets = rows.map(([bucket]) => bucket);
  const names = (kind: "t" | "s"): string[] =>
    buckets.filter((bucket) => bucket.startsWith(kind)).map((bucket) => bucket.slice(1));
  return freeze(names("t"), names("s"), buckets.includes("g"));
}

/** Cached routes are shared, so no caller may change one. */
function freeze(topics: string[], subscribers: string[], global: boolean): Route {
  return Object.freeze({
    topics: Object.freeze(topics),
    subscribers: Object.freeze(subscribers),
    global,
  });
}
