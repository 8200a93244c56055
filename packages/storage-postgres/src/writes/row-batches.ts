import { type Call, call, type Statement } from "../connection/statement.ts";
import { type Scalar, toArrayText } from "../tables/array-text.ts";
import type { Insertion } from "../tables/insertion.ts";

type Row = readonly Scalar[];

/** A text of more characters goes by itself: in a list it would be escaped, and lists have an end. */
const LONG_TEXT = 16_384;

/** What one statement takes, so that each is short, however many rows a transaction writes. */
const MAX_ROWS = 1_000;
const MAX_CHARACTERS = 2 * 1024 * 1024;
/** Fewer rows are never too many characters, as none that goes with others is long. */
const FEW_ROWS = MAX_CHARACTERS / LONG_TEXT;

/** Calls that take rows as one list for each of their columns, behind the tenant; none when there are no rows. */
export function rowCalls(statement: Statement, tenant: string, rows: readonly Row[]): Call[] {
  return slices(rows).map((slice) => {
    const [first] = slice as [Row];
    const columns = first.map((_, column) =>
      toArrayText(slice.map((row) => row[column] as Scalar)),
    );
    return call(statement, tenant, ...columns);
  });
}

/** A list in parts that one statement each takes. */
export function slices<T>(rows: readonly T[]): (readonly T[])[] {
  if (rows.length === 0) return [];
  if (rows.length <= FEW_ROWS) return [rows];
  const parts: T[][] = [];
  let [part, characters]: [T[], number] = [[], 0];
  for (const row of rows) {
    const size = charactersOf(row);
    if (part.length === MAX_ROWS || (part.length > 0 && characters + size > MAX_CHARACTERS)) {
      parts.push(part);
      [part, characters] = [[], 0];
    }
    part.push(row);
    characters += size;
  }
  parts.push(part);
  return parts;
}

function charactersOf(row: unknown): number {
  if (!Array.isArray(row)) return 0;
  let characters = 0;
  for (const each of row) if (typeof each === "string") characters += each.length;
  return characters;
}

/** The same for what is written: one row alone, and each long one, by a statement of its own. */
export function writeCalls({ one, many }: Insertion, tenant: string, rows: readonly Row[]): Call[] {
  const isAlone = (row: Row): boolean => rows.length === 1 || row.some(isLong);
  const alone = rows.filter(isAlone).map((row) => call(one, tenant, ...row));
  const together = rows.filter((row) => !isAlone(row));
  return [...alone, ...rowCalls(many, tenant, together)];
}

function isLong(each: Scalar): boolean {
  return typeof each === "string" && each.length > LONG_TEXT;
}
