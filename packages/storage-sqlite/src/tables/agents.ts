import { parsePermissions, type Permissions } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query } from "../connection/statement.ts";

/** Permissions of agents; an agent without a row has all. */
export class Agents {
  readonly #find: Query<[string]>;
  readonly #names: Query<[string]>;
  readonly #set: Command;
  readonly #clear: Command;

  constructor(database: Database) {
    this.#find = query(
      database,
      "SELECT permissions FROM syntha_agent WHERE tenant = ? AND name = ?",
    );
    const names = (table: string, column: string): string =>
      `SELECT name FROM (SELECT DISTINCT ${column} AS name FROM syntha_${table}
         WHERE tenant = ? AND ${column} >= ? ORDER BY ${column} LIMIT ?)`;
    this.#names = query(
      database,
      `${names("subscription", "agent")} UNION ${names("agent", "name")} ORDER BY name LIMIT ?`,
    );
    this.#set = command(
      database,
      `INSERT INTO syntha_agent (tenant, name, permissions) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET permissions = excluded.permissions`,
    );
    this.#clear = command(database, "DELETE FROM syntha_agent WHERE tenant = ? AND name = ?");
  }

  permissions(tenant: number, agent: string): Permissions | null {
    const row = this.#find.get(tenant, agent);
    return row === undefined ? null : parsePermissions(row[0]);
  }

  /** Names of agents that have a subscription or permissions, in order, starting at `from`. */
  names(tenant: number, from: string, limit: number): string[] {
    return this.#names.all(tenant, from, limit, tenant, from, limit, limit).map(([name]) => name);
  }

  setPermissions(tenant: number, agent: string, permissions: Permissions | null): void {
    if (permissions === null) this.#clear.run(tenant, agent);
    else this.#set.run(tenant, agent, JSON.stringify(permissions));
  }
}
