import { parsePermissions, type Permissions } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query } from "../statement.ts";

/** What agents may do; an agent without a row may do all. */
export class PermissionTable {
  readonly #find: Query<[string]>;
  readonly #set: Command;
  readonly #clear: Command;

  constructor(database: Database) {
    this.#find = query(
      database,
      "SELECT permissions FROM syntha_permission WHERE tenant = ? AND agent = ?",
    );
    this.#set = command(
      database,
      `INSERT INTO syntha_permission (tenant, agent, permissions) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET permissions = excluded.permissions`,
    );
    this.#clear = command(database, "DELETE FROM syntha_permission WHERE tenant = ? AND agent = ?");
  }

  find(tenant: number, agent: string): Permissions | null {
    const row = this.#find.get(tenant, agent);
    return row === undefined ? null : parsePermissions(row[0]);
  }

  set(tenant: number, agent: string, permissions: Permissions | null): void {
    if (permissions === null) this.#clear.run(tenant, agent);
    else this.#set.run(tenant, agent, JSON.stringify(permissions));
  }
}
