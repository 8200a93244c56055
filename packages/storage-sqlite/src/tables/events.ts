import {
  type EntryPosition,
  eventFingerprint,
  type EventRow,
  type AudienceBucket,
  bucketsOf,
  topicBucket,
} from "@syntha/core/storage";
import {
  type Command,
  command,
  type Query,
  query,
  type Row,
  type SqlDatabase,
} from "../sql/database.ts";
import { type Routes, toRouteText } from "./routes.ts";

type PositionColumns = [position: number, index: number];

/** Columns of `syntha_event v` in the order of {@link toEvent}, without the data. */
const EVENT_HEAD = "v.id, v.type, v.route, v.owner, v.position, v.idx, v.at";
const EVENT = `${EVENT_HEAD}, v.data`;

export class Events {
  readonly #routes: Routes;
  readonly #find: Query;
  readonly #at: Query;
  readonly #all: Query<PositionColumns>;
  readonly #byType: Query<PositionColumns>;
  readonly #byBucket: Query<PositionColumns>;
  readonly #byBucketAndType: Query<PositionColumns>;
  readonly #byBucketBefore: Query<PositionColumns>;
  readonly #count: Query<[number]>;
  readonly #page: Query;
  readonly #between: Query;
  readonly #insert: Command;
  readonly #insertAudience: Command;
  readonly #updateRoute: Command;
  readonly #lastUpTo: Query<[id: string, position: number, index: number, at: number]>;
  readonly #oldest: Query;
  readonly #delete: Command;
  readonly #deleteAudience: Command;

  constructor(database: SqlDatabase, routes: Routes) {
    this.#routes = routes;
    const after = "(position, idx) > (?, ?) ORDER BY position, idx LIMIT ?";
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
      `SELECT position, idx FROM syntha_event WHERE tenant = ? AND ${after}`,
    );
    this.#byType = query(
      database,
      `SELECT position, idx FROM syntha_event WHERE tenant = ? AND type = ? AND ${after}`,
    );
    this.#byBucket = query(
      database,
      `SELECT position, idx FROM syntha_event_audience WHERE tenant = ? AND bucket = ? AND ${after}`,
    );
    this.#byBucketAndType = query(
      database,
      `SELECT position, idx FROM syntha_event_audience WHERE tenant = ? AND bucket = ? AND type = ? AND ${after}`,
    );
    this.#byBucketBefore = query(
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
    this.#between = query(
      database,
      `SELECT ${EVENT} FROM syntha_event v
       WHERE v.tenant = ? AND (v.position, v.idx) >= (?, ?) AND (v.position, v.idx) <= (?, ?)`,
    );
    this.#insert = command(
      database,
      `INSERT INTO syntha_event (tenant, position, idx, id, type, route, owner, at, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertAudience = command(
      database,
      "INSERT OR IGNORE INTO syntha_event_audience (tenant, bucket, position, idx, type) VALUES (?, ?, ?, ?, ?)",
    );
    this.#updateRoute = command(
      database,
      "UPDATE syntha_event SET route = ? WHERE tenant = ? AND position = ? AND idx = ?",
    );
    this.#lastUpTo = query(
      database,
      `SELECT id, position, idx, at FROM syntha_event WHERE tenant = ? AND (position, idx) <= (?, ?)
       ORDER BY position DESC, idx DESC LIMIT 1`,
    );
    this.#oldest = query(
      database,
      `SELECT ${EVENT_HEAD}, '' FROM syntha_event v WHERE v.tenant = ? ORDER BY v.position, v.idx LIMIT ?`,
    );
    const entry = "tenant = ? AND position = ? AND idx = ?";
    this.#delete = command(database, `DELETE FROM syntha_event WHERE ${entry}`);
    this.#deleteAudience = command(
      database,
      `DELETE FROM syntha_event_audience WHERE ${entry} AND bucket = ?`,
    );
  }

  find(tenant: number, id: string): EventRow | undefined {
    const row = this.#find.get(tenant, id);
    return row && toEvent(row, this.#routes, tenant);
  }

  at(tenant: number, { position, index }: EntryPosition): EventRow | undefined {
    const row = this.#at.get(tenant, position, index);
    return row && toEvent(row, this.#routes, tenant);
  }

  add(tenant: number, event: EventRow): void {
    const { id, type, owner, position, index, at, data } = event;
    this.#insert.run(tenant, position, index, id, type, toRouteText(event), owner, at, data);
    for (const bucket of bucketsOf(event))
      this.#insertAudience.run(tenant, bucket, position, index, type);
  }

  /** The number of events in a bucket, counted up to `most`. */
  count(tenant: number, bucket: AudienceBucket, most: number): number {
    return this.#count.get(tenant, bucket, most)?.[0] ?? 0;
  }

  /** Positions after `after` in log order, in a bucket or in all (`"*"`), of one type or of all (undefined). */
  positions(
    tenant: number,
    bucket: AudienceBucket | "*",
    type: string | undefined,
    after: EntryPosition,
    limit: number,
  ): EntryPosition[] {
    const { position, index } = after;
    const rows =
      bucket === "*"
        ? type === undefined
          ? this.#all.all(tenant, position, index, limit)
          : this.#byType.all(tenant, type, position, index, limit)
        : type === undefined
          ? this.#byBucket.all(tenant, bucket, position, index, limit)
          : this.#byBucketAndType.all(tenant, bucket, type, position, index, limit);
    return rows.map(([p, i]) => ({ position: p, index: i }));
  }

  /** The fingerprint of the last event at this position or before it. */
  fingerprintAt(tenant: number, position: number, index: number): number | undefined {
    const row = this.#lastUpTo.get(tenant, position, index);
    return row && eventFingerprint({ id: row[0], position: row[1], index: row[2], at: row[3] });
  }

  /** The oldest events, without their data. */
  oldest(tenant: number, limit: number): EventRow[] {
    return this.#oldest.all(tenant, limit).map((row) => toEvent(row, this.#routes, tenant));
  }

  remove(tenant: number, event: EventRow): void {
    const { position, index } = event;
    for (const bucket of bucketsOf(event))
      this.#deleteAudience.run(tenant, position, index, bucket);
    this.#delete.run(tenant, position, index);
  }

  /** Complete events after a position, in log order. */
  page(tenant: number, { position, index }: EntryPosition, limit: number): EventRow[] {
    return this.#page
      .all(tenant, position, index, limit)
      .map((row) => toEvent(row, this.#routes, tenant));
  }

  /** Complete events from one position to another. */
  between(tenant: number, first: EntryPosition, last: EntryPosition): EventRow[] {
    return this.#between
      .all(tenant, first.position, first.index, last.position, last.index)
      .map((row) => toEvent(row, this.#routes, tenant));
  }

  /** R7: removes a topic from all events before a position. */
  removeTopic(tenant: number, topic: string, before: number): void {
    const bucket = topicBucket(topic);
    for (const [position, index] of this.#byBucketBefore.all(tenant, bucket, before)) {
      const event = this.at(tenant, { position, index });
      if (event === undefined) continue;
      const topics = event.topics.filter((other) => other !== topic);
      this.updateRoute(tenant, event, { ...event, topics });
    }
  }

  /** Gives a stored event the route of another. */
  updateRoute(tenant: number, before: EventRow, after: EventRow): void {
    const { position, index, type } = before;
    this.#updateRoute.run(toRouteText(after), tenant, position, index);
    const [old, next] = [bucketsOf(before), bucketsOf(after)];
    for (const bucket of old)
      if (!next.includes(bucket)) this.#deleteAudience.run(tenant, position, index, bucket);
    for (const bucket of next) this.#insertAudience.run(tenant, bucket, position, index, type);
  }
}

/** An event from its columns. */
function toEvent(row: Row, routes: Routes, tenant: number): EventRow {
  const entry = { position: row[4] as number, index: row[5] as number };
  const route = routes.ofEvent(row[2] as string, tenant, entry);
  return {
    id: row[0] as string,
    type: row[1] as string,
    data: row[7] as string,
    topics: route.topics,
    subscribers: route.subscribers,
    global: route.global,
    owner: row[3] as string | null,
    ...entry,
    at: row[6] as number,
  };
}
