import type { Usage } from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";

/** Items and bytes that each agent owns; an agent without a row owns none. */
export class Usages {
  readonly #find: Query<[items: number, bytes: number]>;
  readonly #set: Command;
  readonly #clear: Command;
  readonly #countAll: Command;

  constructor(database: SqlDatabase) {
    this.#find = query(
      database,
      "SELECT items, bytes FROM syntha_usage WHERE tenant = ? AND agent = ?",
    );
    this.#set = command(
      database,
      `INSERT INTO syntha_usage (tenant, agent, items, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET items = excluded.items, bytes = excluded.bytes`,
    );
    this.#clear = command(database, "DELETE FROM syntha_usage WHERE tenant = ? AND agent = ?");
    this.#countAll = command(
      database,
      `INSERT INTO syntha_usage (tenant, agent, items, bytes)
       SELECT tenant, owner, count(*), sum(octet_length(key) + octet_length(value)) FROM syntha_item
       WHERE tenant = ? AND owner IS NOT NULL GROUP BY owner`,
    );
  }

  find(tenant: number, agent: string): Usage | undefined {
    const row = this.#find.get(tenant, agent);
    return row && { items: row[0], bytes: row[1] };
  }

  set(tenant: number, agent: string, { items, bytes }: Usage): void {
    if (items === 0) this.#clear.run(tenant, agent);
    else this.#set.run(tenant, agent, items, bytes);
  }

  /** Counts the items of a tenant that has no rows here yet. */
  countAll(tenant: number): void {
    this.#countAll.run(tenant);
  }
}
