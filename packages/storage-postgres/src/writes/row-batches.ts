import { type Call, call, type Statement } from "../connection/statement.ts";
import { type Scalar, toArrayText } from "../tables/array-text.ts";
import type { Insertion } from "../tables/insertion.ts";

type Row = readonly Scalar[];

/** A longer text is sent by itself: in an array it would be escaped, and arrays have a size limit. */
const LONG_TEXT = 16_384;

/** The limits of one statement, so that each is short however many rows a transaction writes. */
const MAX_ROWS = 1_000;
const MAX_CHARACTERS = 2 * 1024 * 1024;
/** As many rows never exceed the limits, because no long text is among them. */
const FEW_ROWS = MAX_CHARACTERS / LONG_TEXT;

/** Calls of a statement that takes the tenant and an array for each column. Returns none if there are no rows. */
export function rowCalls(statement: Statement, tenant: string, rows: readonly Row[]): Call[] {
  return batches(rows).map((batch) => {
    const [first] = batch as [Row];
    const columns = first.map((_, column) =>
      toArrayText(batch.map((row) => row[column] as Scalar)),
    );
    return call(statement, tenant, ...columns);
  });
}

/** Splits a list into parts that one statement each takes. */
export function batches<T>(rows: readonly T[]): (readonly T[])[] {
  if (rows.length === 0) return [];
  if (rows.length <= FEW_ROWS) return [rows];
  const all: T[][] = [];
  let [batch, characters]: [T[], number] = [[], 0];
  for (const row of rows) {
    const size = charactersOf(row);
    if (batch.length === MAX_ROWS || (batch.length > 0 && characters + size > MAX_CHARACTERS)) {
      all.push(batch);
      [batch, characters] = [[], 0];
    }
    batch.push(row);
    characters += size;
  }
  all.push(batch);
  return all;
}

function charactersOf(row: unknown): number {
  if (!Array.isArray(row)) return 0;
  let characters = 0;
  for (const each of row) if (typeof each === "string") characters += each.length;
  return characters;
}

/** As {@link rowCalls}, but a single row and every long row go by themselves. */
export function insertCalls(
  { one, many }: Insertion,
  tenant: string,
  rows: readonly Row[],
): Call[] {
  const isAlone = (row: Row): boolean => rows.length === 1 || row.some(isLong);
  const alone = rows.filter(isAlone).map((row) => call(one, tenant, ...row));
  return [
    ...alone,
    ...rowCalls(
      many,
      tenant,
      rows.filter((row) => !isAlone(row)),
    ),
  ];
}

function isLong(each: Scalar): boolean {
  return typeof each === "string" && each.length > LONG_TEXT;
}
