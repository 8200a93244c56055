import { checkLoad, type Loaded, type LoadTask } from "@syntha/core/storage";
import type { Connections } from "../connections/connections.ts";
import { call } from "../connections/statement.ts";
import type { Transaction } from "../connections/transaction.ts";
import type { Sql } from "../tables/index.ts";
import { noTenant, type Tenant, toTenant } from "../tables/tenant.ts";
import { TenantLoader } from "./tenant-loader.ts";

/**
 * Writes a page of records into a tenant that is not complete yet.
 * @throws UNKNOWN_OUTCOME when the connection is lost in the end: the same again does no harm
 */
export function load(connections: Connections, sql: Sql, task: LoadTask): Promise<Loaded> {
  return connections.writing(task.tenant, async (transaction) => {
    const tenant = await standing(sql, task, transaction);
    if (tenant === undefined) return { loading: task.progress };
    const calls = await new TenantLoader(sql, task, transaction, tenant).load();
    await transaction.commit(calls);
    return { loading: task.progress };
  });
}

/** What is there of the tenant, its row locked; undefined when the page was written before. */
async function standing(
  sql: Sql,
  task: LoadTask,
  transaction: Transaction,
): Promise<Tenant | undefined> {
  const { tenant: name, header, anew } = task;
  for (;;) {
    const [row] = (await transaction.one(call(sql.tenant.lock, name))).rows;
    const held = row && toTenant(row);
    if (checkLoad(task, held) === "repeat") return undefined;
    if (held !== undefined && !anew) return held;
    if (held !== undefined) await transaction.run(sql.drop.map((each) => call(each, name)));
    const { count } = await transaction.one(call(sql.tenant.insert, name, header.epoch));
    if (count === 1) return noTenant(header.epoch);
    // Somebody else has made it meanwhile.
  }
}
