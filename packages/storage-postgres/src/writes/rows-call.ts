import { type Call, call, type Statement } from "../connections/statement.ts";
import { type Scalar, toArrayText } from "../tables/array-text.ts";

/** A call that takes rows as one list for each of their columns, behind the tenant; none when there are no rows. */
export function rowsCall(
  statement: Statement,
  tenant: string,
  rows: readonly (readonly Scalar[])[],
): Call[] {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = first.map((_, column) => toArrayText(rows.map((row) => row[column] as Scalar)));
  return [call(statement, tenant, ...columns)];
}
