import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query } from "../statement.ts";

/** Who is subscribed to what, now and at positions that the log still holds. */
export class Subscriptions {
  readonly #has: Query<[number]>;
  readonly #any: Query<[number]>;
  readonly #of: Query<[string]>;
  readonly #ofAt: Query<[string]>;
  readonly #subscribers: Query<[string]>;
  readonly #countOnly: Query<[all: number, only: number]>;
  readonly #insert: Command;
  readonly #keep: Command;
  readonly #delete: Command;
  readonly #keepAll: Command;
  readonly #deleteAll: Command;
  readonly #forget: Command;

  constructor(database: Database) {
    const one = "tenant = ? AND agent = ? AND topic = ?";
    this.#has = query(database, `SELECT 1 FROM syntha_subscription WHERE ${one}`);
    this.#any = query(
      database,
      "SELECT 1 FROM syntha_subscription WHERE tenant = ? AND agent = ? LIMIT 1",
    );
    this.#of = query(
      database,
      "SELECT topic FROM syntha_subscription WHERE tenant = ? AND agent = ? ORDER BY topic",
    );
    this.#ofAt = query(
      database,
      `SELECT topic FROM syntha_subscription WHERE tenant = ? AND agent = ? AND from_position <= ?
       UNION
       SELECT topic FROM syntha_past_subscription
       WHERE tenant = ? AND agent = ? AND until_position > ? AND from_position <= ?
       ORDER BY topic`,
    );
    this.#subscribers = query(
      database,
      "SELECT agent FROM syntha_subscription WHERE tenant = ? AND topic = ? AND agent > ? ORDER BY agent LIMIT ?",
    );
    this.#countOnly = query(
      database,
      `SELECT count(*), coalesce(sum(NOT EXISTS (
         SELECT 1 FROM syntha_subscription o
         WHERE o.tenant = s.tenant AND o.agent = s.agent AND o.topic <> s.topic)), 0)
       FROM syntha_subscription s WHERE s.tenant = ? AND s.topic = ?`,
    );
    this.#insert = command(
      database,
      "INSERT OR IGNORE INTO syntha_subscription (tenant, agent, topic, from_position) VALUES (?, ?, ?, ?)",
    );
    const past = `INSERT OR IGNORE INTO syntha_past_subscription (tenant, agent, until_position, topic, from_position)
      SELECT tenant, agent, ?, topic, from_position FROM syntha_subscription`;
    this.#keep = command(database, `${past} WHERE ${one}`);
    this.#delete = command(database, `DELETE FROM syntha_subscription WHERE ${one}`);
    this.#keepAll = command(database, `${past} WHERE tenant = ? AND topic = ?`);
    this.#deleteAll = command(
      database,
      "DELETE FROM syntha_subscription WHERE tenant = ? AND topic = ?",
    );
    this.#forget = command(
      database,
      "DELETE FROM syntha_past_subscription WHERE tenant = ? AND until_position <= ?",
    );
  }

  has(tenant: number, agent: string, topic: string): boolean {
    return this.#has.get(tenant, agent, topic) !== undefined;
  }

  hasAny(tenant: number, agent: string): boolean {
    return this.#any.get(tenant, agent) !== undefined;
  }

  of(tenant: number, agent: string): string[] {
    return this.#of.all(tenant, agent).map(([topic]) => topic);
  }

  /** Topics that the agent was subscribed to after the commit at a position. */
  ofAt(tenant: number, agent: string, at: number): string[] {
    return this.#ofAt.all(tenant, agent, at, tenant, agent, at, at).map(([topic]) => topic);
  }

  subscribers(tenant: number, topic: string, after: string, limit: number): string[] {
    return this.#subscribers.all(tenant, topic, after, limit).map(([agent]) => agent);
  }

  /** Tells whether it was not there before. */
  add(tenant: number, agent: string, topic: string, position: number): boolean {
    return this.#insert.run(tenant, agent, topic, position).changes > 0;
  }

  /** Tells whether it was there. */
  end(tenant: number, agent: string, topic: string, position: number): boolean {
    this.#keep.run(position, tenant, agent, topic);
    return this.#delete.run(tenant, agent, topic).changes > 0;
  }

  /** Ends every subscription to a topic; tells how many, and how many agents have none left. */
  endAll(tenant: number, topic: string, position: number): { ended: number; without: number } {
    const [ended, without] = this.#countOnly.get(tenant, topic) ?? [0, 0];
    if (ended > 0) {
      this.#keepAll.run(position, tenant, topic);
      this.#deleteAll.run(tenant, topic);
    }
    return { ended, without };
  }

  /** Forgets what ended at or before the log's floor. */
  forget(tenant: number, floor: number): void {
    this.#forget.run(tenant, floor);
  }
}
