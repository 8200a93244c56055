import { prepared, type Statement } from "../connections/statement.ts";
import { TENANT_COLUMNS } from "./tenant-columns.ts";

/** Statements that leave nothing of a tenant. */
export function dropSql(schema: string): readonly Statement[] {
  return Object.entries(TENANT_COLUMNS).map(([table, column]) =>
    prepared(`DELETE FROM ${schema}.${table} WHERE ${column} = $1`),
  );
}
