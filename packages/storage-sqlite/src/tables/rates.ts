import type { Allowance } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query } from "../connection/statement.ts";

/** No agent has it. */
const TENANT = "";

/** What is left of rates, each agent's and the tenant's own (null). */
export class Rates {
  readonly #find: Query<[left: number, at: number]>;
  readonly #stale: Query<[number]>;
  readonly #set: Command;
  readonly #forget: Command;

  constructor(database: Database) {
    this.#find = query(
      database,
      "SELECT remaining, at FROM syntha_rate WHERE tenant = ? AND agent = ?",
    );
    this.#stale = query(database, "SELECT 1 FROM syntha_rate WHERE tenant = ? AND at <= ? LIMIT 1");
    this.#set = command(
      database,
      `INSERT INTO syntha_rate (tenant, agent, remaining, at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET remaining = excluded.remaining, at = excluded.at`,
    );
    this.#forget = command(database, "DELETE FROM syntha_rate WHERE tenant = ? AND at <= ?");
  }

  find(tenant: number, of: string | null): Allowance | undefined {
    const row = this.#find.get(tenant, of ?? TENANT);
    return row && { left: row[0], at: row[1] };
  }

  set(tenant: number, of: string | null, { left, at }: Allowance): void {
    this.#set.run(tenant, of ?? TENANT, left, at);
  }

  /** Whether any was last taken of at this time or before. */
  hasFull(tenant: number, at: number): boolean {
    return this.#stale.get(tenant, at) !== undefined;
  }

  removeFull(tenant: number, at: number): void {
    this.#forget.run(tenant, at);
  }
}
