import { prepared, type Statement } from "../connections/statement.ts";
import { TENANT_COLUMNS } from "./tenant-columns.ts";

/** Statements that each remove up to a number of rows ($2) of a tenant; none removes its own row. */
export function dropSql(schema: string): readonly Statement[] {
  const { tenant: _, ...tables } = TENANT_COLUMNS;
  return Object.entries(tables).map(([table, column]) =>
    prepared(
      `DELETE FROM ${schema}.${table} WHERE ctid = ANY(ARRAY(
         SELECT x.ctid FROM ${schema}.${table} x WHERE x.${column} = $1 LIMIT $2))`,
    ),
  );
}
