import type { Snapshot } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query } from "../statement.ts";

/** A tenant's row. Of one that does not exist, the id is 0, which no row of any table has. */
export interface Tenant {
  id: number;
  epoch: string;
  head: number;
  headMark: number;
  /** The last position that the log no longer holds, its mark, and how many entries it had. */
  floor: number;
  floorMark: number;
  floorEntries: number;
  /** The latest time that a commit recorded. */
  now: number;
  items: number;
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
  headMark: number,
  floor: number,
  floorMark: number,
  floorEntries: number,
  now: number,
  items: number,
  globals: number,
  events: number,
  agents: number,
  topics: number,
];

const TABLES = [
  "item",
  "edge",
  "ready",
  "topic",
  "subscription",
  "past_subscription",
  "permission",
  "event",
  "event_edge",
  "log",
] as const;

export class Tenants {
  readonly #find: Query<Columns>;
  readonly #names: Query<[string]>;
  readonly #insert: Command;
  readonly #update: Command;
  readonly #setFloor: Command;
  readonly #remove: readonly Command[];

  constructor(database: Database) {
    this.#find = query(
      database,
      `SELECT id, epoch, head, head_mark, floor, floor_mark, floor_entries, now, items, globals, events, agents, topics
       FROM syntha_tenant WHERE name = ?`,
    );
    this.#names = query(
      database,
      "SELECT name FROM syntha_tenant WHERE name > ? ORDER BY name LIMIT ?",
    );
    this.#insert = command(
      database,
      `INSERT INTO syntha_tenant (name, epoch, head, head_mark, floor, floor_mark, floor_entries, now,
         items, globals, events, agents, topics)
       VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
    );
    this.#update = command(
      database,
      `UPDATE syntha_tenant SET head = ?, head_mark = ?, now = ?, items = ?, globals = ?, events = ?, agents = ?, topics = ?
       WHERE id = ?`,
    );
    this.#setFloor = command(
      database,
      "UPDATE syntha_tenant SET floor = ?, floor_mark = ?, floor_entries = ? WHERE id = ?",
    );
    this.#remove = [
      ...TABLES.map((table) => command(database, `DELETE FROM syntha_${table} WHERE tenant = ?`)),
      command(database, "DELETE FROM syntha_tenant WHERE id = ?"),
    ];
  }

  find(name: string): Tenant | undefined {
    const row = this.#find.get(name);
    if (row === undefined) return undefined;
    const [id, epoch, head, headMark, floor, floorMark, floorEntries, now, ...counters] = row;
    const [items, globals, events, agents, topics] = counters;
    return {
      id,
      epoch,
      head,
      headMark,
      floor,
      floorMark,
      floorEntries,
      now,
      items,
      globals,
      events,
      agents,
      topics,
    };
  }

  /** Gives the new tenant's id: never one that a dropped tenant had. */
  insert(name: string, epoch: string): number {
    return Number(this.#insert.run(name, epoch).lastInsertRowid);
  }

  update(tenant: Tenant): void {
    const { id, head, headMark, now, items, globals, events, agents, topics } = tenant;
    this.#update.run(head, headMark, now, items, globals, events, agents, topics, id);
  }

  setFloor({ id, floor, floorMark, floorEntries }: Tenant): void {
    this.#setFloor.run(floor, floorMark, floorEntries, id);
  }

  /** Removes everything that carries the tenant's id. */
  remove(id: number): void {
    for (const remove of this.#remove) remove.run(id);
  }

  names(after: string, limit: number): string[] {
    return this.#names.all(after, limit).map(([name]) => name);
  }
}

/** What stands for a tenant that does not exist. */
export function noTenant(epoch = ""): Tenant {
  return {
    id: 0,
    epoch,
    head: 0,
    headMark: 0,
    floor: 0,
    floorMark: 0,
    floorEntries: 0,
    now: 0,
    items: 0,
    globals: 0,
    events: 0,
    agents: 0,
    topics: 0,
  };
}

/** R8: a tenant's time is the clock's, but never earlier than a commit has recorded. */
export function snapshotOf({ epoch, head, now }: Tenant, clock: number): Snapshot {
  return { epoch, head, now: Math.max(clock, now) };
}
