import { type Call, call, type Statement } from "../connections/statement.ts";
import { type Scalar, toArrayText } from "../tables/array-text.ts";
import type { Insertion } from "../tables/insertion.ts";

/** A call that takes rows as one list for each of their columns, behind the tenant; none when there are no rows. */
export function rowsCall(
  statement: Statement | Insertion,
  tenant: string,
  rows: readonly (readonly Scalar[])[],
): Call[] {
  const [first] = rows;
  if (first === undefined) return [];
  if ("one" in statement && rows.length === 1) return [call(statement.one, tenant, ...first)];
  const columns = first.map((_, column) => toArrayText(rows.map((row) => row[column] as Scalar)));
  return [call("many" in statement ? statement.many : statement, tenant, ...columns)];
}
