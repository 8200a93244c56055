import type { Database } from "better-sqlite3";
import type { AgentHolding, PastSubscription } from "@syntha/core/storage";
import { type Command, command, type Query, query } from "../connection/statement.ts";

type PastColumns = [agent: string, topic: string, from: number, until: number];

/** Who is subscribed to what, now and at positions that the log still holds. */
export class Subscriptions {
  readonly #has: Query<[number]>;
  readonly #any: Query<[number]>;
  readonly #of: Query<[string]>;
  readonly #ofAt: Query<[string]>;
  readonly #since: Query<[topic: string, from: number]>;
  readonly #past: Query<PastColumns>;
  readonly #endedSince: Query<PastColumns>;
  readonly #subscribers: Query<[string]>;
  readonly #countOnly: Query<[all: number, only: number]>;
  readonly #insert: Command;
  readonly #keep: Command;
  readonly #delete: Command;
  readonly #keepAll: Command;
  readonly #deleteAll: Command;
  readonly #forget: Command;
  readonly #remove: Command;
  readonly #insertPast: Command;

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
    this.#since = query(
      database,
      "SELECT topic, from_position FROM syntha_subscription WHERE tenant = ? AND agent = ? ORDER BY topic",
    );
    const pastColumns =
      "SELECT agent, topic, from_position, until_position FROM syntha_past_subscription";
    this.#past = query(
      database,
      `${pastColumns} WHERE tenant = ? AND (agent, until_position, topic) > (?, ?, ?)
       ORDER BY agent, until_position, topic LIMIT ?`,
    );
    this.#endedSince = query(
      database,
      `${pastColumns} WHERE tenant = ? AND agent = ? AND until_position > ?
       ORDER BY until_position, topic`,
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
       FROM syntha_subscription s WHERE s.tenant = ? AND s.topic = ? AND s.from_position < ?`,
    );
    this.#insert = command(
      database,
      "INSERT OR IGNORE INTO syntha_subscription (tenant, agent, topic, from_position) VALUES (?, ?, ?, ?)",
    );
    const past = `INSERT OR IGNORE INTO syntha_past_subscription (tenant, agent, until_position, topic, from_position)
      SELECT tenant, agent, ?, topic, from_position FROM syntha_subscription`;
    this.#keep = command(database, `${past} WHERE ${one}`);
    this.#delete = command(database, `DELETE FROM syntha_subscription WHERE ${one}`);
    this.#keepAll = command(
      database,
      `${past} WHERE tenant = ? AND topic = ? AND from_position < ?`,
    );
    this.#deleteAll = command(
      database,
      "DELETE FROM syntha_subscription WHERE tenant = ? AND topic = ? AND from_position < ?",
    );
    this.#remove = command(
      database,
      "DELETE FROM syntha_subscription WHERE tenant = ? AND agent = ?",
    );
    this.#insertPast = command(
      database,
      `INSERT OR IGNORE INTO syntha_past_subscription (tenant, agent, topic, from_position, until_position)
       VALUES (?, ?, ?, ?, ?)`,
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

  /** Ends every subscription to a topic from before a position; tells how many, and how many agents have none left. */
  endAll(tenant: number, topic: string, position: number): { ended: number; without: number } {
    const [ended, without] = this.#countOnly.get(tenant, topic, position) ?? [0, 0];
    if (ended > 0) {
      this.#keepAll.run(position, tenant, topic, position);
      this.#deleteAll.run(tenant, topic, position);
    }
    return { ended, without };
  }

  /** An agent's topics with the positions from which it is subscribed. */
  since(tenant: number, agent: string): AgentHolding["subscriptions"] {
    return this.#since.all(tenant, agent).map(([topic, from]) => ({ topic, from }));
  }

  /** Past ones behind a place, by agent, end and topic. */
  past(
    tenant: number,
    { agent, until, topic }: Pick<PastSubscription, "agent" | "until" | "topic">,
    limit: number,
  ): PastSubscription[] {
    return this.#past.all(tenant, agent, until, topic, limit).map(toPast);
  }

  /** What an agent was subscribed to up to a commit behind the position. */
  endedSince(tenant: number, agent: string, position: number): PastSubscription[] {
    return this.#endedSince.all(tenant, agent, position).map(toPast);
  }

  insertPast(tenant: number, { agent, topic, from, until }: PastSubscription): void {
    this.#insertPast.run(tenant, agent, topic, from, until);
  }

  /** Takes all of an agent's away, and keeps nothing of them. */
  remove(tenant: number, agent: string): void {
    this.#remove.run(tenant, agent);
  }

  /** Forgets what ended at or before the log's floor. */
  removePast(tenant: number, floor: number): void {
    this.#forget.run(tenant, floor);
  }
}

function toPast([agent, topic, from, until]: PastColumns): PastSubscription {
  return { type: "pastSubscription", agent, topic, from, until };
}
