import type { RemovedEvent, Snapshot } from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";

/** A tenant's row. The id of a tenant that does not exist is 0, which no row of any table has. */
export interface Tenant {
  id: number;
  epoch: string;
  head: number;
  headCommitId: number;
  /** The last position that was removed from the log, the id of its commit, and how many entries it had. */
  floor: number;
  floorCommitId: number;
  floorEntries: number;
  /** The last position that was removed from the histories of keys. */
  historyFloor: number;
  /** Entries that are stored, for the log or for histories. */
  logEntries: number;
  lastRemovedEvent: RemovedEvent | null;
  /** The latest time of a commit. */
  now: number;
  items: number;
  /** Bytes of keys and values of the items. */
  bytes: number;
  /** Whether `usage` has what each agent owns. */
  hasUsage: boolean;
  globals: number;
  events: number;
  /** Agents with a subscription. */
  agents: number;
  /** Topics with an item or a subscriber. */
  topics: number;
}

type Columns = [
  id: number,
  epoch: string,
  head: number,
  headCommitId: number,
  floor: number,
  floorCommitId: number,
  floorEntries: number,
  historyFloor: number,
  logEntries: number,
  removedEventPosition: number,
  removedEventIndex: number,
  removedEventFingerprint: number,
  now: number,
  items: number,
  bytes: number,
  hasUsage: number,
  globals: number,
  events: number,
  agents: number,
  topics: number,
];

type LoadingColumns = [...Columns, loading: string];

/** Value of `loading` while a tenant is removed in several transactions: it is hidden, as one that is loaded is. */
const DROPPING = "dropping";

/** Positions start at 1. */
const NO_EVENT: RemovedEvent = { position: 0, index: 0, fingerprint: 0 };

export class Tenants {
  readonly #find: Query<Columns>;
  readonly #findLoading: Query<LoadingColumns>;
  readonly #names: Query<[string]>;
  readonly #insert: Command;
  readonly #setLoading: Command;
  readonly #update: Command;
  readonly #setFloors: Command;
  readonly #findDropped: Query<[id: number]>;
  readonly #remove: Command;

  constructor(database: SqlDatabase) {
    const columns = `id, epoch, head, head_commit_id, floor, floor_commit_id, floor_entries, history_floor, log_entries,
      removed_event_position, removed_event_idx, removed_event_fingerprint,
      now, items, bytes, has_usage, globals, events, agents, topics`;
    this.#find = query(
      database,
      `SELECT ${columns} FROM syntha_tenant WHERE name = ? AND loading IS NULL`,
    );
    this.#findLoading = query(
      database,
      `SELECT ${columns}, loading FROM syntha_tenant WHERE name = ? AND loading <> '${DROPPING}'`,
    );
    this.#names = query(
      database,
      "SELECT name FROM syntha_tenant WHERE name > ? AND loading IS NULL ORDER BY name LIMIT ?",
    );
    this.#insert = command(
      database,
      `INSERT INTO syntha_tenant (name, epoch, head, head_commit_id, floor, floor_commit_id, floor_entries, history_floor, log_entries,
         removed_event_position, removed_event_idx, removed_event_fingerprint,
         now, items, bytes, globals, events, agents, topics)
       VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
    );
    this.#update = command(
      database,
      `UPDATE syntha_tenant SET head = ?, head_commit_id = ?, now = ?, log_entries = ?, items = ?, bytes = ?, has_usage = ?,
         globals = ?, events = ?, agents = ?, topics = ?
       WHERE id = ?`,
    );
    this.#setLoading = command(database, "UPDATE syntha_tenant SET loading = ? WHERE id = ?");
    this.#setFloors = command(
      database,
      `UPDATE syntha_tenant SET floor = ?, floor_commit_id = ?, floor_entries = ?, history_floor = ?, log_entries = ?, events = ?,
         removed_event_position = ?, removed_event_idx = ?, removed_event_fingerprint = ?
       WHERE id = ?`,
    );
    this.#findDropped = query(
      database,
      `SELECT id FROM syntha_tenant WHERE name = ? AND loading = '${DROPPING}'`,
    );
    this.#remove = command(database, "DELETE FROM syntha_tenant WHERE id = ?");
  }

  /** A complete tenant. */
  find(name: string): Tenant | undefined {
    const row = this.#find.get(name);
    return row && toTenant(row);
  }

  /** A tenant that is being loaded, and the progress of that. */
  findLoading(name: string): { readonly tenant: Tenant; readonly loading: string } | undefined {
    const row = this.#findLoading.get(name);
    return row && { tenant: toTenant(row), loading: row[20] };
  }

  /** Returns the new tenant's id, which no dropped tenant had. */
  insert(name: string, epoch: string): number {
    return Number(this.#insert.run(name, epoch).lastInsertRowid);
  }

  setLoading(id: number, loading: string | null): void {
    this.#setLoading.run(loading, id);
  }

  update(tenant: Tenant): void {
    const {
      id,
      head,
      headCommitId,
      now,
      logEntries,
      items,
      bytes,
      globals,
      events,
      agents,
      topics,
    } = tenant;
    const counts = [items, bytes, tenant.hasUsage ? 1 : 0, globals, events, agents, topics];
    this.#update.run(head, headCommitId, now, logEntries, ...counts, id);
  }

  /** Writes the columns that a compaction or a loaded header changes. */
  setFloors(tenant: Tenant): void {
    const { id, floor, floorCommitId, floorEntries, historyFloor, logEntries, events } = tenant;
    const { position, index, fingerprint } = tenant.lastRemovedEvent ?? NO_EVENT;
    const others = [historyFloor, logEntries, events, position, index, fingerprint];
    this.#setFloors.run(floor, floorCommitId, floorEntries, ...others, id);
  }

  /** The id of a tenant that is being dropped. */
  findDropped(name: string): number | undefined {
    return this.#findDropped.get(name)?.[0];
  }

  /** Hides a tenant until it is removed. */
  hide(id: number): void {
    this.setLoading(id, DROPPING);
  }

  /** Removes a tenant that has no other rows. */
  remove(id: number): void {
    this.#remove.run(id);
  }

  names(after: string, limit: number): string[] {
    return this.#names.all(after, limit).map(([name]) => name);
  }
}

function toTenant(row: Columns | LoadingColumns): Tenant {
  const [id, epoch, head, headCommitId, floor, floorCommitId, floorEntries, historyFloor, ...rest] =
    row;
  const [logEntries, position, index, fingerprint, now, items, bytes, hasUsage, ...counts] = rest;
  const [globals, events, agents, topics] = counts;
  return {
    id,
    epoch,
    head,
    headCommitId,
    floor,
    floorCommitId,
    floorEntries,
    historyFloor,
    logEntries,
    lastRemovedEvent: position === 0 ? null : { position, index, fingerprint },
    now,
    items,
    bytes,
    hasUsage: hasUsage === 1,
    globals,
    events,
    agents,
    topics,
  };
}

/** Represents a tenant that does not exist. */
export function emptyTenant(epoch = ""): Tenant {
  return {
    id: 0,
    epoch,
    head: 0,
    headCommitId: 0,
    floor: 0,
    floorCommitId: 0,
    floorEntries: 0,
    historyFloor: 0,
    logEntries: 0,
    lastRemovedEvent: null,
    now: 0,
    items: 0,
    bytes: 0,
    hasUsage: false,
    globals: 0,
    events: 0,
    agents: 0,
    topics: 0,
  };
}

/** R8: a tenant's time is the clock's, but not before its latest commit. */
export function snapshotOf({ epoch, head, now }: Tenant, clock: number): Snapshot {
  return { epoch, head, now: Math.max(clock, now) };
}
