import type { Connections } from "../connections/connections.ts";
import { call } from "../connections/statement.ts";
import type { Sql } from "../tables/index.ts";

/** Removes everything of a tenant; tells whether there was one. */
export function drop(connections: Connections, sql: Sql, name: string): Promise<boolean> {
  return connections.writing(name, async (transaction) => {
    const locked = await transaction.one(call(sql.tenant.lock, name));
    await transaction.commit(sql.drop.map((statement) => call(statement, name)));
    return locked.rows.length > 0;
  });
}
