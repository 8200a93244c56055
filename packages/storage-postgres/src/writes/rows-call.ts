import { type Call, call, type Statement } from "../connections/statement.ts";

/** A call that takes rows as one list for each of their columns, behind the tenant; none when there are no rows. */
export function rowsCall(
  statement: Statement,
  tenant: string,
  rows: readonly (readonly unknown[])[],
): Call[] {
  const [first] = rows;
  if (first === undefined) return [];
  return [call(statement, tenant, ...first.map((_, column) => rows.map((row) => row[column])))];
}
