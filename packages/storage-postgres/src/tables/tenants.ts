import type { RemovedEvent, Snapshot, TenantCounts } from "@syntha/core/storage";
import { prepared, type Row } from "../connection/statement.ts";

/** A row of `tenant`. */
export interface Tenant extends TenantCounts {
  readonly epoch: string;
  head: number;
  headCommitId: number;
  /** The last position that the log no longer holds, with its commit's id and number of entries. */
  floor: number;
  floorCommitId: number;
  floorEntries: number;
  /** The last position that histories no longer contain. */
  historyFloor: number;
  /** The last removed event. */
  removedEvent: RemovedEvent | null;
  /** The latest time that a commit recorded. */
  now: number;
  /** Entries of the log and of histories. */
  logEntries: number;
  /** Whether `usage` counts what each agent owns. */
  hasUsage: boolean;
  /** The progress of its loading, or `DROPPING`; null when it is complete. */
  readonly loading: string | null;
}

/** The value of `loading` while a tenant is dropped in several transactions, which hides it as loading does. */
export const DROPPING = "dropping";

/** As one column, because decoding costs more per column than per byte. */
const COLUMNS = `json_build_array(t.epoch, t.head, t.head_commit_id, t.floor, t.floor_commit_id, t.floor_entries, t.history_floor,
  t.removed_event_position, t.removed_event_idx, t.removed_event_fingerprint,
  t.now, t.items, t.bytes, t.globals, t.events, t.agents, t.topics, t.log_entries, t.has_usage, t.loading)::text`;

/** The number of a tenant's columns. */
export const TENANT_WIDTH = 1;

/**
 * Whether a tenant `t` is visible to reads: all are that are neither being loaded nor dropped. A condition, because Citus
 * plans a statement at far less cost if its tables are not those of a subquery.
 */
export const IS_COMPLETE = "t.loading IS NULL";

/** The server's time, in whole milliseconds. */
export const CLOCK = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

export function tenantStatements(schema: string) {
  const tenant = `${schema}.tenant t`;
  return {
    /** With the server's time as the last column. */
    find: prepared(
      `SELECT ${COLUMNS}, ${CLOCK} FROM ${tenant} WHERE t.name = $1 AND ${IS_COMPLETE}`,
    ),
    /** Includes a tenant that is being loaded. */
    findAny: prepared(
      `SELECT ${COLUMNS} FROM ${tenant}
       WHERE t.name = $1 AND t.loading IS DISTINCT FROM '${DROPPING}'`,
    ),
    lock: prepared(`SELECT ${COLUMNS} FROM ${tenant} WHERE t.name = $1 FOR NO KEY UPDATE OF t`),
    /** Locks a tenant only if it is being dropped. */
    lockDropping: prepared(
      `SELECT 1 FROM ${tenant} WHERE t.name = $1 AND t.loading = '${DROPPING}'
       FOR NO KEY UPDATE OF t`,
    ),
    hide: prepared(`UPDATE ${schema}.tenant SET loading = '${DROPPING}' WHERE name = $1`),
    remove: prepared(`DELETE FROM ${schema}.tenant WHERE name = $1`),
    insert: prepared(
      `INSERT INTO ${schema}.tenant (name, epoch, head, head_commit_id, now, items, bytes, globals, events, agents, topics, log_entries)
       VALUES ($1, $2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
    ),
    update: prepared(
      `UPDATE ${schema}.tenant SET head = $2, head_commit_id = $3, now = $4, items = $5, bytes = $6, globals = $7,
         events = $8, agents = $9, topics = $10, log_entries = $11, has_usage = $12 WHERE name = $1`,
    ),
    setNow: prepared(`UPDATE ${schema}.tenant SET now = $2 WHERE name = $1`),
    setHasUsage: prepared(`UPDATE ${schema}.tenant SET has_usage = true WHERE name = $1`),
    setFloors: prepared(
      `UPDATE ${schema}.tenant SET floor = $2, floor_commit_id = $3, floor_entries = $4, history_floor = $5,
         removed_event_position = $6, removed_event_idx = $7, removed_event_fingerprint = $8, events = $9,
         log_entries = $10
       WHERE name = $1`,
    ),
    load: prepared(
      `UPDATE ${schema}.tenant SET head = $2, head_commit_id = $3, floor = $4, floor_commit_id = $5, floor_entries = $6,
         history_floor = $7, removed_event_position = $8, removed_event_idx = $9, removed_event_fingerprint = $10, now = $11,
         items = $12, bytes = $13, globals = $14, events = $15, agents = $16, topics = $17, log_entries = $18, loading = $19
       WHERE name = $1`,
    ),
    names: prepared(
      `SELECT t.name FROM ${tenant} WHERE t.name > $1 AND ${IS_COMPLETE} ORDER BY t.name LIMIT $2`,
    ),
    heads: prepared(
      `SELECT t.name, t.epoch, t.head FROM ${tenant} WHERE t.name = ANY($1::text[]) AND ${IS_COMPLETE}`,
    ),
    clock: prepared(`SELECT ${CLOCK}`),
  };
}

type Columns = [
  epoch: string,
  head: number,
  headCommitId: number,
  floor: number,
  floorCommitId: number,
  floorEntries: number,
  historyFloor: number,
  position: number | null,
  index: number,
  fingerprint: number,
  now: number,
  items: number,
  bytes: number,
  globals: number,
  events: number,
  agents: number,
  topics: number,
  logEntries: number,
  hasUsage: boolean,
  loading: string | null,
];

export function toTenant(row: Row): Tenant {
  const columns = JSON.parse(row[0] as string) as Columns;
  const [epoch, head, headCommitId, floor, floorCommitId, floorEntries, historyFloor, ...rest] =
    columns;
  const [position, index, fingerprint, now, items, bytes, globals, events, ...others] = rest;
  const [agents, topics, logEntries, hasUsage, loading] = others;
  return {
    epoch,
    head,
    headCommitId,
    floor,
    floorCommitId,
    floorEntries,
    historyFloor,
    removedEvent: position === null ? null : { position, index, fingerprint },
    now,
    items,
    bytes,
    globals,
    events,
    agents,
    topics,
    logEntries,
    hasUsage,
    loading,
  };
}

/** Represents a tenant that does not exist. */
export function emptyTenant(epoch = ""): Tenant {
  return {
    epoch,
    head: 0,
    headCommitId: 0,
    floor: 0,
    floorCommitId: 0,
    floorEntries: 0,
    historyFloor: 0,
    removedEvent: null,
    now: 0,
    items: 0,
    bytes: 0,
    globals: 0,
    events: 0,
    agents: 0,
    topics: 0,
    logEntries: 0,
    hasUsage: false,
    loading: null,
  };
}

/** R8: a tenant's time is the clock's, but never earlier than a commit's. */
export function snapshotOf({ epoch, head, now }: Tenant, clock: number): Snapshot {
  return { epoch, head, now: Math.max(clock, now) };
}
