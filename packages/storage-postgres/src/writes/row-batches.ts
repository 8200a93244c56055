import { type Call, call, type Statement } from "../connection/statement.ts";
import { type Scalar, toArrayText, type Value } from "../tables/array-text.ts";
import type { Insertion } from "../tables/insertion.ts";

type Row = readonly Value[];

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
      toArrayText(batch.map((row) => toElement(row[column] as Value))),
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
  for (const each of row as Row) characters += lengthOf(each);
  return characters;
}

/**
 * As {@link rowCalls}, but a single row and every long row go by themselves.
 * @param few up to this many rows go by themselves too
 */
export function insertCalls(
  { one, many }: Insertion,
  tenant: string,
  rows: readonly Row[],
  few = 1,
): Call[] {
  const isAlone = (row: Row): boolean => rows.length <= few || row.some(isLong);
  const alone = rows.filter(isAlone).map((row) => call(one, tenant, ...row.map(toParameter)));
  return [
    ...alone,
    ...rowCalls(
      many,
      tenant,
      rows.filter((row) => !isAlone(row)),
    ),
  ];
}

/** A list within an array of values. */
function toElement(value: Value): Scalar {
  return isList(value) ? JSON.stringify(value) : value;
}

function toParameter(value: Value): Scalar {
  return isList(value) ? toArrayText(value) : value;
}

function isList(value: Value): value is readonly string[] {
  return Array.isArray(value);
}

function isLong(each: Value): boolean {
  return lengthOf(each) > LONG_TEXT;
}

function lengthOf(value: Value): number {
  if (typeof value === "string") return value.length;
  let length = 0;
  if (isList(value)) for (const each of value) length += each.length;
  return length;
}
