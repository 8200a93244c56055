import { type Call, call, type Statement } from "../connections/statement.ts";
import { type Scalar, toArrayText } from "../tables/array-text.ts";
import type { RowWrite } from "../tables/insertion.ts";

type Row = readonly Scalar[];

/** A text of more characters goes by itself: in a list it would be escaped, and lists have an end. */
const LONG = 16_384;

/** Calls that take rows as one list for each of their columns, behind the tenant; none when there are no rows. */
export function rowsCall(statement: Statement, tenant: string, rows: readonly Row[]): Call[] {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = first.map((_, column) => toArrayText(rows.map((row) => row[column] as Scalar)));
  return [call(statement, tenant, ...columns)];
}

/** The same for what is written: one row alone, and each long one, by a statement of its own. */
export function writeCalls({ one, many }: RowWrite, tenant: string, rows: readonly Row[]): Call[] {
  const isAlone = (row: Row): boolean => rows.length === 1 || row.some(isLong);
  const alone = rows.filter(isAlone).map((row) => call(one, tenant, ...row));
  const together = rows.filter((row) => !isAlone(row));
  return [...alone, ...rowsCall(many, tenant, together)];
}

function isLong(each: Scalar): boolean {
  return typeof each === "string" && each.length > LONG;
}
