import type { AudienceBucket } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Query, query } from "../statement.ts";

/** The buckets that a row lies in, which hold the same as its route: for a route that is damaged. */
export class RouteIndex {
  readonly #database: Database;
  #ofItem: Query<[AudienceBucket]> | undefined;
  #ofEvent: Query<[AudienceBucket]> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  ofItem(tenant: number, key: string): AudienceBucket[] {
    this.#ofItem ??= query(
      this.#database,
      "SELECT target FROM syntha_edge WHERE tenant = ? AND key = ? ORDER BY target",
    );
    return this.#ofItem.all(tenant, key).map(([target]) => target);
  }

  ofEvent(tenant: number, position: number, index: number): AudienceBucket[] {
    this.#ofEvent ??= query(
      this.#database,
      `SELECT target FROM syntha_event_edge WHERE tenant = ? AND position = ? AND idx = ?
       ORDER BY target`,
    );
    return this.#ofEvent.all(tenant, position, index).map(([target]) => target);
  }
}
