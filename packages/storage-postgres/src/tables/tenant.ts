import type { RemovedEvent, Snapshot, TenantCounts } from "@syntha/core/storage";
import { prepared, type Row } from "../connections/statement.ts";

/** A tenant's row. */
export interface Tenant extends TenantCounts {
  readonly epoch: string;
  head: number;
  headCommitId: number;
  /** The last position that the log no longer holds, its mark, and how many entries it had. */
  floor: number;
  floorCommitId: number;
  floorEntries: number;
  /** The last position that histories no longer reach back to. */
  historyFloor: number;
  /** Where the last removed event stood. */
  removedEvent: RemovedEvent | null;
  /** The latest time that a commit recorded. */
  now: number;
  /** Lines that the log and histories hold. */
  lines: number;
  /** Whether it is kept what each agent owns. */
  hasUsage: boolean;
  /** Where its loading stands, or `DROPPING`; null when it is complete. */
  readonly loading: string | null;
}

/** Stands in the place of a loading while a tenant is removed in several transactions: it is hidden likewise. */
export const DROPPING = "dropping";

/** As one column: each costs its reader more than what stands in it. */
const COLUMNS = `json_build_array(t.epoch, t.head, t.head_mark, t.floor, t.floor_mark, t.floor_entries, t.history_floor,
  t.removed_event_position, t.removed_event_idx, t.removed_event_mark,
  t.now, t.items, t.bytes, t.globals, t.events, t.agents, t.topics, t.lines, t.has_usage, t.loading)::text`;

/** Columns of a tenant in a row that holds more. */
export const TENANT_WIDTH = 1;

/** All tenants that reads may know of, as `t`: none that is being loaded. */
export function completeTenants(schema: string): string {
  return `(SELECT * FROM ${schema}.tenant WHERE loading IS NULL) t`;
}

/** The server's time, in whole milliseconds. */
export const CLOCK = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

export type TenantSql = ReturnType<typeof tenantSql>;

export function tenantSql(schema: string) {
  const complete = completeTenants(schema);
  return {
    /** With the server's time behind it. */
    find: prepared(`SELECT ${COLUMNS}, ${CLOCK} FROM ${complete} WHERE t.name = $1`),
    /** Also one that is being loaded: only for what can tell. */
    findAny: prepared(
      `SELECT ${COLUMNS} FROM ${schema}.tenant t
       WHERE t.name = $1 AND t.loading IS DISTINCT FROM '${DROPPING}'`,
    ),
    lock: prepared(
      `SELECT ${COLUMNS} FROM ${schema}.tenant t WHERE t.name = $1 FOR NO KEY UPDATE OF t`,
    ),
    /** Only one that is being dropped. */
    lockDropping: prepared(
      `SELECT 1 FROM ${schema}.tenant t WHERE t.name = $1 AND t.loading = '${DROPPING}'
       FOR NO KEY UPDATE OF t`,
    ),
    hide: prepared(`UPDATE ${schema}.tenant SET loading = '${DROPPING}' WHERE name = $1`),
    remove: prepared(`DELETE FROM ${schema}.tenant WHERE name = $1`),
    insert: prepared(
      `INSERT INTO ${schema}.tenant (name, epoch, head, head_mark, now, items, bytes, globals, events, agents, topics, lines)
       VALUES ($1, $2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
    ),
    update: prepared(
      `UPDATE ${schema}.tenant SET head = $2, head_mark = $3, now = $4, items = $5, bytes = $6, globals = $7,
         events = $8, agents = $9, topics = $10, lines = $11, has_usage = $12 WHERE name = $1`,
    ),
    /** What removing expired values changes. */
    setNow: prepared(`UPDATE ${schema}.tenant SET now = $2 WHERE name = $1`),
    /** What the first asking for what agents own changes. */
    setUsage: prepared(`UPDATE ${schema}.tenant SET has_usage = true WHERE name = $1`),
    /** What a compaction changes. */
    setFloors: prepared(
      `UPDATE ${schema}.tenant SET floor = $2, floor_mark = $3, floor_entries = $4, history_floor = $5,
         removed_event_position = $6, removed_event_idx = $7, removed_event_mark = $8, events = $9, lines = $10
       WHERE name = $1`,
    ),
    /** What a loaded page changes. */
    load: prepared(
      `UPDATE ${schema}.tenant SET head = $2, head_mark = $3, floor = $4, floor_mark = $5, floor_entries = $6,
         history_floor = $7, removed_event_position = $8, removed_event_idx = $9, removed_event_mark = $10, now = $11,
         items = $12, bytes = $13, globals = $14, events = $15, agents = $16, topics = $17, lines = $18, loading = $19
       WHERE name = $1`,
    ),
    names: prepared(`SELECT t.name FROM ${complete} WHERE t.name > $1 ORDER BY t.name LIMIT $2`),
    heads: prepared(
      `SELECT n.name, t.epoch, t.head FROM unnest($1::text[]) n(name)
       CROSS JOIN LATERAL (SELECT t.epoch, t.head FROM ${complete} WHERE t.name = n.name LIMIT 1) t`,
    ),
    /** The server's time alone. */
    clock: prepared(`SELECT ${CLOCK}`),
  };
}

type Columns = [
  epoch: string,
  head: number,
  headMark: number,
  floor: number,
  floorMark: number,
  floorEntries: number,
  historyFloor: number,
  position: number | null,
  index: number,
  mark: number,
  now: number,
  items: number,
  bytes: number,
  globals: number,
  events: number,
  agents: number,
  topics: number,
  lines: number,
  hasUsage: boolean,
  loading: string | null,
];

export function toTenant(row: Row): Tenant {
  const columns = JSON.parse(row[0] as string) as Columns;
  const [epoch, head, headCommitId, floor, floorCommitId, floorEntries, historyFloor, ...rest] =
    columns;
  const [position, index, fingerprint, now, items, bytes, globals, events, ...others] = rest;
  const [agents, topics, lines, hasUsage, loading] = others;
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
    lines,
    hasUsage,
    loading,
  };
}

/** What stands for a tenant that does not exist. */
export function noTenant(epoch = ""): Tenant {
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
    lines: 0,
    hasUsage: false,
    loading: null,
  };
}

/** R8: a tenant's time is the clock's, but never earlier than a commit has recorded. */
export function snapshotOf({ epoch, head, now }: Tenant, clock: number): Snapshot {
  return { epoch, head, now: Math.max(clock, now) };
}
