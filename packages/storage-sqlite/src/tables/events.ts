import {
  eventFingerprint,
  type EventRow,
  type AudienceBucket,
  bucketsOf,
  topicBucket,
} from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query, type Row } from "../connection/statement.ts";
import type { RouteRepair } from "./routes.ts";
import { toEventRoute, toRouteText } from "./routes.ts";

/** Where an event stands in the log. */
export type EventPlace = Pick<EventRow, "position" | "index">;

type PlaceColumns = [position: number, index: number];

/** Columns of `syntha_event v` in the order of `toEvent`. */
const EVENT_HEAD = "v.id, v.type, v.route, v.owner, v.position, v.idx, v.at";
export const EVENT = `${EVENT_HEAD}, v.data`;

export class Events {
  readonly #index: RouteRepair;
  readonly #find: Query;
  readonly #at: Query;
  readonly #all: Query<PlaceColumns>;
  readonly #byType: Query<PlaceColumns>;
  readonly #byTarget: Query<PlaceColumns>;
  readonly #byTargetAndType: Query<PlaceColumns>;
  readonly #byTargetBefore: Query<PlaceColumns>;
  readonly #count: Query<[number]>;
  readonly #page: Query;
  readonly #insert: Command;
  readonly #insertEdge: Command;
  readonly #reroute: Command;
  readonly #lastTo: Query<[id: string, position: number, index: number, at: number]>;
  readonly #oldest: Query;
  readonly #delete: Command;
  readonly #deleteEdge: Command;

  constructor(database: Database, index: RouteRepair) {
    this.#index = index;
    const behind = "(position, idx) > (?, ?) ORDER BY position, idx LIMIT ?";
    this.#find = query(
      database,
      `SELECT ${EVENT} FROM syntha_event v WHERE v.tenant = ? AND v.id = ?`,
    );
    this.#at = query(
      database,
      `SELECT ${EVENT} FROM syntha_event v WHERE v.tenant = ? AND v.position = ? AND v.idx = ?`,
    );
    this.#all = query(
      database,
      `SELECT position, idx FROM syntha_event WHERE tenant = ? AND ${behind}`,
    );
    this.#byType = query(
      database,
      `SELECT position, idx FROM syntha_event WHERE tenant = ? AND type = ? AND ${behind}`,
    );
    this.#byTarget = query(
      database,
      `SELECT position, idx FROM syntha_event_audience WHERE tenant = ? AND bucket = ? AND ${behind}`,
    );
    this.#byTargetAndType = query(
      database,
      `SELECT position, idx FROM syntha_event_audience WHERE tenant = ? AND bucket = ? AND type = ? AND ${behind}`,
    );
    this.#byTargetBefore = query(
      database,
      "SELECT position, idx FROM syntha_event_audience WHERE tenant = ? AND bucket = ? AND position < ?",
    );
    this.#count = query(
      database,
      "SELECT count(*) FROM (SELECT 1 FROM syntha_event_audience WHERE tenant = ? AND bucket = ? LIMIT ?)",
    );
    this.#page = query(
      database,
      `SELECT ${EVENT} FROM syntha_event v WHERE v.tenant = ? AND (v.position, v.idx) > (?, ?)
       ORDER BY v.position, v.idx LIMIT ?`,
    );
    this.#insert = command(
      database,
      `INSERT INTO syntha_event (tenant, position, idx, id, type, route, owner, at, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertEdge = command(
      database,
      "INSERT OR IGNORE INTO syntha_event_audience (tenant, bucket, position, idx, type) VALUES (?, ?, ?, ?, ?)",
    );
    this.#reroute = command(
      database,
      "UPDATE syntha_event SET route = ? WHERE tenant = ? AND position = ? AND idx = ?",
    );
    this.#lastTo = query(
      database,
      `SELECT id, position, idx, at FROM syntha_event WHERE tenant = ? AND (position, idx) <= (?, ?)
       ORDER BY position DESC, idx DESC LIMIT 1`,
    );
    this.#oldest = query(
      database,
      `SELECT ${EVENT_HEAD}, '' FROM syntha_event v WHERE v.tenant = ? ORDER BY v.position, v.idx LIMIT ?`,
    );
    const place = "tenant = ? AND position = ? AND idx = ?";
    this.#delete = command(database, `DELETE FROM syntha_event WHERE ${place}`);
    this.#deleteEdge = command(
      database,
      `DELETE FROM syntha_event_audience WHERE ${place} AND bucket = ?`,
    );
  }

  find(tenant: number, id: string): EventRow | undefined {
    const row = this.#find.get(tenant, id);
    return row && toEvent(row, this.#index, tenant);
  }

  at(tenant: number, { position, index }: EventPlace): EventRow | undefined {
    const row = this.#at.get(tenant, position, index);
    return row && toEvent(row, this.#index, tenant);
  }

  add(tenant: number, event: EventRow): void {
    const { id, type, owner, position, index, at, data } = event;
    this.#insert.run(tenant, position, index, id, type, toRouteText(event), owner, at, data);
    for (const bucket of bucketsOf(event))
      this.#insertEdge.run(tenant, bucket, position, index, type);
  }

  /** How many are on a bucket, counted up to `most`. */
  count(tenant: number, bucket: AudienceBucket, most: number): number {
    return this.#count.get(tenant, bucket, most)?.[0] ?? 0;
  }

  /** Places of a bucket, or of all, behind `after` in log order; of one type when it is given. */
  positions(
    tenant: number,
    bucket: AudienceBucket | "*",
    type: string | undefined,
    after: EventPlace,
    limit: number,
  ): EventPlace[] {
    const { position, index } = after;
    const rows =
      bucket === "*"
        ? type === undefined
          ? this.#all.all(tenant, position, index, limit)
          : this.#byType.all(tenant, type, position, index, limit)
        : type === undefined
          ? this.#byTarget.all(tenant, bucket, position, index, limit)
          : this.#byTargetAndType.all(tenant, bucket, type, position, index, limit);
    return rows.map(([p, i]) => ({ position: p, index: i }));
  }

  /** The mark of the last event that stands at a place or before it. */
  fingerprintAt(tenant: number, position: number, index: number): number | undefined {
    const row = this.#lastTo.get(tenant, position, index);
    return row && eventFingerprint({ id: row[0], position: row[1], index: row[2], at: row[3] });
  }

  /** The oldest ones, without their data. */
  oldest(tenant: number, limit: number): EventRow[] {
    return this.#oldest.all(tenant, limit).map((row) => toEvent(row, this.#index, tenant));
  }

  remove(tenant: number, event: EventRow): void {
    const { position, index } = event;
    for (const bucket of bucketsOf(event)) this.#deleteEdge.run(tenant, position, index, bucket);
    this.#delete.run(tenant, position, index);
  }

  /** Whole events behind a place, in log order. */
  page(tenant: number, { position, index }: EventPlace, limit: number): EventRow[] {
    return this.#page
      .all(tenant, position, index, limit)
      .map((row) => toEvent(row, this.#index, tenant));
  }

  /** Takes a topic off every event that has it and lies before a position (R7). */
  removeTopic(tenant: number, topic: string, before: number): void {
    const bucket = topicBucket(topic);
    for (const [position, index] of this.#byTargetBefore.all(tenant, bucket, before)) {
      const event = this.at(tenant, { position, index });
      if (event === undefined) continue;
      const topics = event.topics.filter((other) => other !== topic);
      this.reroute(tenant, event, { ...event, topics });
    }
  }

  /** Gives an event that is there the route of another. */
  reroute(tenant: number, before: EventRow, after: EventRow): void {
    const { position, index, type } = before;
    this.#reroute.run(toRouteText(after), tenant, position, index);
    const [old, next] = [bucketsOf(before), bucketsOf(after)];
    for (const bucket of old)
      if (!next.includes(bucket)) this.#deleteEdge.run(tenant, position, index, bucket);
    for (const bucket of next) this.#insertEdge.run(tenant, bucket, position, index, type);
  }
}

/** An event from its columns, which start at `at`. */
export function toEvent(row: Row, index: RouteRepair, tenant: number, at = 0): EventRow {
  const place = { position: row[at + 4] as number, index: row[at + 5] as number };
  const route = toEventRoute(row[at + 2] as string, index, tenant, place);
  return {
    id: row[at] as string,
    type: row[at + 1] as string,
    data: row[at + 7] as string,
    topics: route.topics,
    subscribers: route.subscribers,
    global: route.global,
    owner: row[at + 3] as string | null,
    ...place,
    at: row[at + 6] as number,
  };
}
