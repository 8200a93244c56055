import {
  type EntryAge,
  type Change,
  type CommitHeader,
  type CorruptChange,
  type EntryPosition,
  type EventRow,
  HISTORY_TYPES,
  isExpired,
  type StoredChange,
  type LogEntry,
  type StoredEntry,
  type PriorAudience,
  toChangeText,
  parseStoredChange,
  parsePriorAudience,
} from "@syntha/core/storage";
import {
  type Command,
  command,
  type Query,
  query,
  type Row,
  type SqlDatabase,
} from "../sql/database.ts";
import type { Events } from "./events.ts";
import type { Routes } from "./routes.ts";

const STORED = "l.position, l.idx, l.commit_id, l.at, l.actor, l.type, l.key, l.detail, l.value";
const ENTRY = `${STORED}, i.route, i.owner, i.revision, i.expires_at`;

/** The log: every change of a tenant, by position and index. */
export class Log {
  readonly #routes: Routes;
  readonly #events: Events;
  readonly #all: Query;
  readonly #byKey: Query;
  readonly #stored: Query;
  readonly #deletion: Query<[type: string, detail: string]>;
  readonly #commitId: Query<[number]>;
  readonly #ages: Query<[position: number, at: number]>;
  readonly #entries: Query<[number]>;
  readonly #append: Command;
  readonly #scrub: Command;
  readonly #scrubTo: Command;
  readonly #valueAt: Query<[position: number]>;
  readonly #removeTo: Command;
  readonly #removeExceptHistory: Command;

  constructor(database: SqlDatabase, routes: Routes, events: Events) {
    this.#routes = routes;
    this.#events = events;
    const current =
      "LEFT JOIN syntha_item i ON l.type = 'put' AND i.tenant = l.tenant AND i.key = l.key";
    const after = "(l.position, l.idx) > (?, ?) ORDER BY l.position, l.idx LIMIT ?";
    this.#all = query(
      database,
      `SELECT ${ENTRY} FROM syntha_log l ${current} WHERE l.tenant = ? AND ${after}`,
    );
    this.#byKey = query(
      database,
      `SELECT ${ENTRY} FROM syntha_log l INDEXED BY syntha_log_key ${current}
       WHERE l.tenant = ? AND l.key = ? AND ${after}`,
    );
    this.#stored = query(
      database,
      `SELECT ${STORED} FROM syntha_log l WHERE l.tenant = ? AND ${after}`,
    );
    this.#deletion = query(
      database,
      `SELECT type, detail FROM syntha_log INDEXED BY syntha_log_key
       WHERE tenant = ? AND key = ? AND type IN ('delete', 'expire') ORDER BY position DESC, idx DESC LIMIT 1`,
    );
    this.#commitId = query(
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
    this.#removeExceptHistory = command(
      database,
      `DELETE FROM syntha_log WHERE tenant = ? AND position > ? AND position <= ? AND type NOT IN (${types})`,
    );
  }

  append(tenant: number, header: CommitHeader, index: number, change: Change): void {
    const key =
      "after" in change ? change.after.key : "before" in change ? change.before.key : null;
    this.#insert(tenant, header, index, change, key);
  }

  /** Appends an entry of another storage's log. */
  load(tenant: number, entry: StoredEntry): void {
    const { change } = entry;
    if (change.type === "expire") this.scrub(tenant, change.key);
    this.#insert(tenant, entry, entry.index, change, "key" in change ? change.key : null);
  }

  #insert(
    tenant: number,
    { position, commitId, at, actor }: CommitHeader,
    index: number,
    change: Change | StoredChange,
    key: string | null,
  ): void {
    const value = change.type === "put" ? change.after.value : null;
    const detail = toChangeText(change);
    this.#append.run(tenant, position, index, commitId, at, actor, change.type, key, detail, value);
  }

  /** Entries after a position as they are stored, oldest first. */
  stored(tenant: number, { position, index }: EntryPosition, limit: number): StoredEntry[] {
    return this.#stored.all(tenant, position, index, limit).map((row) => {
      const [type, key] = [row[5] as CorruptChange["was"], row[6] as string | null];
      const change = parseStoredChange(type, key, row[7] as string, row[8] as string | null);
      return { ...toHeader(row), change };
    });
  }

  /** R8: removes every value that the log has of a key. */
  scrub(tenant: number, key: string): void {
    this.#scrub.run(tenant, key);
  }

  /** Whether the log has more than `count` values of a key. */
  hasMoreValues(tenant: number, key: string, count: number): boolean {
    return this.#valueAt.get(tenant, key, count) !== undefined;
  }

  /** Removes about `count` values of a key, the oldest first. Returns whether none is left. */
  scrubStep(tenant: number, key: string, count: number): boolean {
    const end = this.#valueAt.get(tenant, key, count);
    if (end === undefined) this.scrub(tenant, key);
    else this.#scrubTo.run(tenant, key, end[0]);
    return end === undefined;
  }

  /** Entries after a position, oldest first; of one key or of all (undefined). */
  read(
    tenant: number,
    { position, index }: EntryPosition,
    key: string | undefined,
    limit: number,
    now: number,
  ): LogEntry[] {
    const rows =
      key === undefined
        ? this.#all.all(tenant, position, index, limit)
        : this.#byKey.all(tenant, key, position, index, limit);
    const events = this.#eventsOf(rows, tenant);
    return rows.map((row) => this.#entry(row, tenant, now, events));
  }

  /** The events of entries, by the names of their positions. Joined, they would cost each entry eight columns. */
  #eventsOf(rows: readonly Row[], tenant: number): ReadonlyMap<string, EventRow> {
    const entries = rows.filter((row) => row[5] === "event").map(toHeader);
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return NO_EVENTS;
    // Not as many as there are entries: an event may be left whose entry is damaged.
    const events = this.#events.between(tenant, first, last);
    return new Map(events.map((event) => [nameOf(event), event]));
  }

  /** The id of a commit that has an entry here. */
  commitIdAt(tenant: number, position: number): number | undefined {
    return this.#commitId.get(tenant, position)?.[0];
  }

  /** Times of the entries after a commit, oldest first. */
  ages(tenant: number, after: number, limit: number): EntryAge[] {
    return this.#ages.all(tenant, after, limit).map(([position, at]) => ({ position, at }));
  }

  entriesAt(tenant: number, position: number): number {
    return this.#entries.get(tenant, position)?.[0] ?? 0;
  }

  /** Removes every entry up to a position; returns how many. */
  removeTo(tenant: number, position: number): number {
    return this.#removeTo.run(tenant, position).changes;
  }

  /** Removes entries after one position and up to another, except those of keys' histories; returns how many. */
  removeExceptHistory(tenant: number, after: number, to: number): number {
    return this.#removeExceptHistory.run(tenant, after, to).changes;
  }

  #entry(row: Row, tenant: number, now: number, events: ReadonlyMap<string, EventRow>): LogEntry {
    const [type, key] = [row[5] as CorruptChange["was"], row[6] as string];
    const [detail, route] = [row[7] as string, row[9] as string | null];
    const entry = (value: string | null, current: PriorAudience | null): LogEntry => {
      const change = parseStoredChange(type, key, detail, value);
      return { ...toHeader(row), change, current, event: null };
    };
    if (type === "event")
      return { ...entry(null, null), event: events.get(nameOf(toHeader(row))) ?? null };
    if (type !== "put") return entry(null, null);
    const value = row[8] as string | null;
    if (route === null) return entry(value, this.#audienceAtDeletion(tenant, key));
    // R8: the values of an expired item are not returned, swept or not.
    if (isExpired({ expiresAt: row[12] as number | null }, now)) return entry(null, null);
    const { topics, subscribers, global } = this.#routes.ofItem(route, tenant, key);
    const [owner, revision] = [row[10] as string | null, row[11] as number];
    return entry(value, { topics, subscribers, global, owner, revision });
  }

  /** The audience of a deleted item. That of an expired item is not needed: its values are removed. */
  #audienceAtDeletion(tenant: number, key: string): PriorAudience | null {
    const row = this.#deletion.get(tenant, key);
    return row?.[0] === "delete" ? parsePriorAudience(row[1]) : null;
  }
}

const NO_EVENTS: ReadonlyMap<string, EventRow> = new Map();

function nameOf({ position, index }: EntryPosition): string {
  return `${position} ${index}`;
}

function toHeader(row: Row): CommitHeader & EntryPosition {
  return {
    position: row[0] as number,
    index: row[1] as number,
    commitId: row[2] as number,
    at: row[3] as number,
    actor: row[4] as string | null,
  };
}
