import {
  type Aged,
  type Change,
  type CorruptChange,
  HISTORY_TYPES,
  isExpired,
  type StoredChange,
  type LogEntry,
  type StoredEntry,
  type LoggedChange,
  type PriorAudience,
  toChangeText,
  parseStoredChange,
  parseLoggedChange,
  parsePriorAudience,
} from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query, type Row } from "../connection/statement.ts";
import { EVENT, type EventPlace, toEvent } from "./events.ts";
import type { RouteRepair } from "./routes.ts";
import { toItemRoute } from "./routes.ts";

/** What the entries of one commit share. */
export interface CommitHeader {
  readonly position: number;
  readonly commitId: number;
  readonly at: number;
  readonly actor: string | null;
}

const COLUMNS = `l.position, l.idx, l.commit_id, l.at, l.actor, l.type, l.key, l.detail, l.value,
  i.route, i.owner, i.revision, i.expires_at, ${EVENT}`;
const EVENT_AT = 13;

export class Log {
  readonly #index: RouteRepair;
  readonly #all: Query;
  readonly #byKey: Query;
  readonly #lines: Query;
  readonly #deletion: Query<[type: string, detail: string]>;
  readonly #mark: Query<[number]>;
  readonly #ages: Query<[position: number, at: number]>;
  readonly #entries: Query<[number]>;
  readonly #append: Command;
  readonly #scrub: Command;
  readonly #scrubTo: Command;
  readonly #valueAt: Query<[position: number]>;
  readonly #removeTo: Command;
  readonly #thin: Command;

  constructor(database: Database, index: RouteRepair) {
    this.#index = index;
    const sights = `LEFT JOIN syntha_item i ON l.type = 'put' AND i.tenant = l.tenant AND i.key = l.key
       LEFT JOIN syntha_event v ON l.type = 'event' AND v.tenant = l.tenant AND v.position = l.position AND v.idx = l.idx`;
    const behind = "(l.position, l.idx) > (?, ?) ORDER BY l.position, l.idx LIMIT ?";
    this.#all = query(
      database,
      `SELECT ${COLUMNS} FROM syntha_log l ${sights} WHERE l.tenant = ? AND ${behind}`,
    );
    this.#byKey = query(
      database,
      `SELECT ${COLUMNS} FROM syntha_log l INDEXED BY syntha_log_key ${sights}
       WHERE l.tenant = ? AND l.key = ? AND ${behind}`,
    );
    this.#lines = query(
      database,
      `SELECT position, idx, commit_id, at, actor, type, key, detail, value FROM syntha_log
       WHERE tenant = ? AND (position, idx) > (?, ?) ORDER BY position, idx LIMIT ?`,
    );
    this.#deletion = query(
      database,
      `SELECT type, detail FROM syntha_log INDEXED BY syntha_log_key
       WHERE tenant = ? AND key = ? AND type IN ('delete', 'expire') ORDER BY position DESC, idx DESC LIMIT 1`,
    );
    this.#mark = query(
      database,
      "SELECT commit_id FROM syntha_log WHERE tenant = ? AND position = ? ORDER BY idx LIMIT 1",
    );
    this.#ages = query(
      database,
      "SELECT position, at FROM syntha_log WHERE tenant = ? AND position > ? ORDER BY position, idx LIMIT ?",
    );
    this.#entries = query(
      database,
      "SELECT count(*) FROM syntha_log WHERE tenant = ? AND position = ?",
    );
    this.#append = command(
      database,
      `INSERT INTO syntha_log (tenant, position, idx, commit_id, at, actor, type, key, detail, value)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#scrub = command(
      database,
      `UPDATE syntha_log INDEXED BY syntha_log_key SET value = NULL
       WHERE tenant = ? AND key = ? AND value IS NOT NULL`,
    );
    this.#scrubTo = command(
      database,
      `UPDATE syntha_log INDEXED BY syntha_log_key SET value = NULL
       WHERE tenant = ? AND key = ? AND position < ? AND value IS NOT NULL`,
    );
    this.#valueAt = query(
      database,
      `SELECT position FROM syntha_log INDEXED BY syntha_log_key
       WHERE tenant = ? AND key = ? AND value IS NOT NULL ORDER BY position, idx LIMIT 1 OFFSET ?`,
    );
    this.#removeTo = command(database, "DELETE FROM syntha_log WHERE tenant = ? AND position <= ?");
    const types = HISTORY_TYPES.map((type) => `'${type}'`).join(", ");
    this.#thin = command(
      database,
      `DELETE FROM syntha_log WHERE tenant = ? AND position > ? AND position <= ? AND type NOT IN (${types})`,
    );
  }

  append(tenant: number, line: CommitHeader, index: number, change: Change): void {
    const { position, commitId, at, actor } = line;
    const key =
      "after" in change ? change.after.key : "before" in change ? change.before.key : null;
    const value = change.type === "put" ? change.after.value : null;
    const text = toChangeText(change);
    this.#append.run(tenant, position, index, commitId, at, actor, change.type, key, text, value);
  }

  /** Takes up a line of another log. */
  load(tenant: number, { position, index, commitId, at, actor, change }: StoredEntry): void {
    const key = "key" in change ? change.key : null;
    const value = change.type === "put" ? change.after.value : null;
    const text = toChangeText(change);
    if (change.type === "expire") this.scrub(tenant, change.key);
    this.#append.run(tenant, position, index, commitId, at, actor, change.type, key, text, value);
  }

  /** Lines behind a place as they are kept, oldest first. */
  stored(tenant: number, { position, index }: EventPlace, limit: number): StoredEntry[] {
    return this.#lines.all(tenant, position, index, limit).map(toLine);
  }

  /** R8: forgets every value that the log holds of a key. */
  scrub(tenant: number, key: string): void {
    this.#scrub.run(tenant, key);
  }

  /** Whether the log holds more values of a key than a number. */
  hasMoreValues(tenant: number, key: string, than: number): boolean {
    return this.#valueAt.get(tenant, key, than) !== undefined;
  }

  /** Removes the oldest values that the log holds of a key, about as many as a number. Returns whether none is left. */
  scrubStep(tenant: number, key: string, count: number): boolean {
    const end = this.#valueAt.get(tenant, key, count);
    if (end === undefined) this.scrub(tenant, key);
    else this.#scrubTo.run(tenant, key, end[0]);
    return end === undefined;
  }

  /** Entries behind a place, oldest first. */
  read(
    tenant: number,
    after: EventPlace,
    key: string | undefined,
    limit: number,
    now: number,
  ): LogEntry[] {
    const { position, index } = after;
    const rows =
      key === undefined
        ? this.#all.all(tenant, position, index, limit)
        : this.#byKey.all(tenant, key, position, index, limit);
    return rows.map((row) => {
      const isGone = row[5] === "put" && row[9] === null;
      const atDeletion = isGone ? this.#sightAtDeletion(tenant, row[6] as string) : null;
      return this.#entry(row, tenant, now, atDeletion);
    });
  }

  /** Who saw an item when it was deleted. One whose time was over has no values in the log, whoever saw it. */
  #sightAtDeletion(tenant: number, key: string): PriorAudience | null {
    const row = this.#deletion.get(tenant, key);
    return row?.[0] === "delete" ? parsePriorAudience(row[1]) : null;
  }

  /** The mark of a commit of which a line is kept. */
  commitIdAt(tenant: number, position: number): number | undefined {
    return this.#mark.get(tenant, position)?.[0];
  }

  /** How old the lines behind a commit are, oldest first. */
  ages(tenant: number, after: number, limit: number): Aged[] {
    return this.#ages.all(tenant, after, limit).map(([position, at]) => ({ position, at }));
  }

  entriesAt(tenant: number, position: number): number {
    return this.#entries.get(tenant, position)?.[0] ?? 0;
  }

  /** Removes every line up to a position; tells how many. */
  removeTo(tenant: number, position: number): number {
    return this.#removeTo.run(tenant, position).changes;
  }

  /** Removes the lines behind one position and up to another that tell no key's history; tells how many. */
  removeExceptHistory(tenant: number, after: number, to: number): number {
    return this.#thin.run(tenant, after, to).changes;
  }

  #entry(row: Row, tenant: number, now: number, atDeletion: PriorAudience | null): LogEntry {
    return {
      position: row[0] as number,
      index: row[1] as number,
      commitId: row[2] as number,
      at: row[3] as number,
      actor: row[4] as string | null,
      change: this.#change(row, tenant, now, atDeletion),
    };
  }

  #change(row: Row, tenant: number, now: number, atDeletion: PriorAudience | null): LoggedChange {
    const type = row[5] as CorruptChange["was"];
    const key = row[6] as string;
    const text = row[7] as string;
    if (type === "event") {
      const isThere = row[EVENT_AT] !== null;
      return { type, event: isThere ? toEvent(row, this.#index, tenant, EVENT_AT) : null };
    }
    if (type !== "put") return parseLoggedChange(type, key, text, null, null);
    const lapsed = row[9] !== null && isExpired({ expiresAt: row[12] as number | null }, now);
    // R8: an expired item's values are told no more, swept or not.
    const value = lapsed ? null : (row[8] as string | null);
    const isGone = row[9] === null;
    const current = isGone ? atDeletion : lapsed ? null : this.#currentSight(row, tenant, key);
    return parseLoggedChange(type, key, text, value, current);
  }

  /** Who sees the key's item now. */
  #currentSight(row: Row, tenant: number, key: string): PriorAudience {
    const route = toItemRoute(row[9] as string, this.#index, tenant, key);
    const { topics, subscribers, global } = route;
    const [owner, revision] = [row[10] as string | null, row[11] as number];
    return { topics, subscribers, global, owner, revision };
  }
}

function toLine(row: Row): StoredEntry {
  return {
    type: "line",
    position: row[0] as number,
    index: row[1] as number,
    commitId: row[2] as number,
    at: row[3] as number,
    actor: row[4] as string | null,
    change: toKept(row),
  };
}

function toKept(row: Row): StoredChange {
  const type = row[5] as CorruptChange["was"];
  return parseStoredChange(
    type,
    row[6] as string | null,
    row[7] as string,
    row[8] as string | null,
  );
}
