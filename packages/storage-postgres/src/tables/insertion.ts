import { prepared, type Statement } from "../connection/statement.ts";

/** Writes rows: `one` takes the values of a single row, which most writes are; `many` takes an array for each column. */
export interface Insertion {
  readonly one: Statement;
  readonly many: Statement;
}

/** `text[]` travels as JSON within `many`, because an array of arrays would be a matrix. */
export type Column = readonly [name: string, type: "bigint" | "boolean" | "text" | "text[]"];

/** @param suffix such as an ON CONFLICT clause */
export function insertion(
  schema: string,
  table: string,
  columns: readonly Column[],
  suffix = "",
): Insertion {
  const values = columns.map(([, type], at) => `$${at + 2}::${type}`);
  return {
    one: prepared(
      `INSERT INTO ${schema}.${table} AS x (tenant, ${namesOf(columns)}) VALUES ($1, ${values.join(", ")}) ${suffix}`,
    ),
    many: insertionOfMany(schema, table, columns, suffix),
  };
}

/**
 * Inserts many rows. The tenant comes from its own row, which exists: so Citus sees that all of them belong to one shard,
 * and leaves the statement to its worker.
 */
export function insertionOfMany(
  schema: string,
  table: string,
  columns: readonly Column[],
  suffix = "",
): Statement {
  const given = columns.map((column) => givenValue(column));
  return prepared(
    `INSERT INTO ${schema}.${table} AS x (tenant, ${namesOf(columns)})
     SELECT t.name, ${given.join(", ")} FROM ${schema}.tenant t CROSS JOIN ${unnested(columns)} WHERE t.name = $1 ${suffix}`,
  );
}

/** Turns the arrays of columns into rows `u`. */
export function unnested(columns: readonly Column[]): string {
  const lists = columns.map(([, type], at) => `$${at + 2}::${type === "text[]" ? "text" : type}[]`);
  return `unnest(${lists.join(", ")}) u(${namesOf(columns)})`;
}

/** The value of a column in a row of {@link unnested}. A cast to an array would not do: Citus requires immutable ones. */
export function givenValue([name, type]: Column): string {
  if (type !== "text[]") return `u.${name}`;
  return `ARRAY(SELECT json_array_elements_text(u.${name}::json))`;
}

function namesOf(columns: readonly Column[]): string {
  return columns.map(([name]) => name).join(", ");
}
