import type { AgentHolding, PastSubscription } from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";

/** How many subscriptions ended, and how many of them were the last one of their agent. */
export interface EndedSubscriptions {
  readonly ended: number;
  readonly lastOnes: number;
}

type PastColumns = [agent: string, topic: string, from: number, until: number];

/** Subscriptions, now and at positions that are still in the log. */
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
  readonly #archive: Command;
  readonly #delete: Command;
  readonly #archiveAll: Command;
  readonly #deleteAll: Command;
  readonly #removePast: Command;
  readonly #removeAll: Command;
  readonly #insertPast: Command;

  constructor(database: SqlDatabase) {
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
    this.#archive = command(database, `${past} WHERE ${one}`);
    this.#delete = command(database, `DELETE FROM syntha_subscription WHERE ${one}`);
    this.#archiveAll = command(
      database,
      `${past} WHERE tenant = ? AND topic = ? AND from_position < ?`,
    );
    this.#deleteAll = command(
      database,
      "DELETE FROM syntha_subscription WHERE tenant = ? AND topic = ? AND from_position < ?",
    );
    this.#removeAll = command(
      database,
      "DELETE FROM syntha_subscription WHERE tenant = ? AND agent = ?",
    );
    this.#insertPast = command(
      database,
      `INSERT OR IGNORE INTO syntha_past_subscription (tenant, agent, topic, from_position, until_position)
       VALUES (?, ?, ?, ?, ?)`,
    );
    this.#removePast = command(
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

  /** Topics of the agent after the commit at a position. */
  ofAt(tenant: number, agent: string, at: number): string[] {
    return this.#ofAt.all(tenant, agent, at, tenant, agent, at, at).map(([topic]) => topic);
  }

  subscribers(tenant: number, topic: string, after: string, limit: number): string[] {
    return this.#subscribers.all(tenant, topic, after, limit).map(([agent]) => agent);
  }

  add(tenant: number, agent: string, topic: string, position: number): void {
    this.#insert.run(tenant, agent, topic, position);
  }

  /** Ends a subscription, and adds it to the past ones. */
  end(tenant: number, agent: string, topic: string, position: number): void {
    this.#archive.run(position, tenant, agent, topic);
    this.#delete.run(tenant, agent, topic);
  }

  /** Ends every subscription to a topic from before a position. */
  endAll(tenant: number, topic: string, position: number): EndedSubscriptions {
    const [ended, lastOnes] = this.#countOnly.get(tenant, topic, position) ?? [0, 0];
    if (ended > 0) {
      this.#archiveAll.run(position, tenant, topic, position);
      this.#deleteAll.run(tenant, topic, position);
    }
    return { ended, lastOnes };
  }

  /** The topics of an agent, each with the position of its subscription. */
  since(tenant: number, agent: string): AgentHolding["subscriptions"] {
    return this.#since.all(tenant, agent).map(([topic, from]) => ({ topic, from }));
  }

  /** Ended subscriptions after the given one, by agent, end and topic. */
  past(
    tenant: number,
    { agent, until, topic }: Pick<PastSubscription, "agent" | "until" | "topic">,
    limit: number,
  ): PastSubscription[] {
    return this.#past.all(tenant, agent, until, topic, limit).map(toPast);
  }

  /** Subscriptions of an agent that ended after a position. */
  endedSince(tenant: number, agent: string, position: number): PastSubscription[] {
    return this.#endedSince.all(tenant, agent, position).map(toPast);
  }

  insertPast(tenant: number, { agent, topic, from, until }: PastSubscription): void {
    this.#insertPast.run(tenant, agent, topic, from, until);
  }

  /** Removes the subscriptions of an agent without a trace in the past ones. */
  removeAll(tenant: number, agent: string): void {
    this.#removeAll.run(tenant, agent);
  }

  /** Removes subscriptions that ended at or before the log's floor. */
  removePast(tenant: number, floor: number): void {
    this.#removePast.run(tenant, floor);
  }
}

function toPast([agent, topic, from, until]: PastColumns): PastSubscription {
  return { type: "pastSubscription", agent, topic, from, until };
}
