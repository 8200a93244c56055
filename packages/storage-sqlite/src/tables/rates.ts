import type { Allowance } from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";

/** The row of the tenant's own rate: no agent has this name. */
const TENANT_ITSELF = "";

/** What remains of each rate limit: of an agent's, or the tenant's own (null). */
export class Rates {
  readonly #find: Query<[remaining: number, at: number]>;
  readonly #unusedSince: Query<[number]>;
  readonly #set: Command;
  readonly #removeUnusedSince: Command;

  constructor(database: SqlDatabase) {
    this.#find = query(
      database,
      "SELECT remaining, at FROM syntha_rate WHERE tenant = ? AND agent = ?",
    );
    this.#unusedSince = query(
      database,
      "SELECT 1 FROM syntha_rate WHERE tenant = ? AND at <= ? LIMIT 1",
    );
    this.#set = command(
      database,
      `INSERT INTO syntha_rate (tenant, agent, remaining, at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET remaining = excluded.remaining, at = excluded.at`,
    );
    this.#removeUnusedSince = command(
      database,
      "DELETE FROM syntha_rate WHERE tenant = ? AND at <= ?",
    );
  }

  find(tenant: number, agent: string | null): Allowance | undefined {
    const row = this.#find.get(tenant, agent ?? TENANT_ITSELF);
    return row && { left: row[0], at: row[1] };
  }

  set(tenant: number, agent: string | null, { left, at }: Allowance): void {
    this.#set.run(tenant, agent ?? TENANT_ITSELF, left, at);
  }

  /** Whether any was last used at this time or before. */
  hasUnusedSince(tenant: number, at: number): boolean {
    return this.#unusedSince.get(tenant, at) !== undefined;
  }

  removeUnusedSince(tenant: number, at: number): void {
    this.#removeUnusedSince.run(tenant, at);
  }
}
