import { prepared, type Statement } from "../connection/statement.ts";

/** Writes rows: `one` takes the values of a single row, which most writes are; `many` takes an array for each column. */
export interface Insertion {
  readonly one: Statement;
  readonly many: Statement;
}

/** `text[]` travels as text within `many`, because an array of arrays would be a matrix. */
export type Column = readonly [name: string, type: "bigint" | "boolean" | "text" | "text[]"];

/** @param suffix such as an ON CONFLICT clause */
export function insertion(table: string, columns: readonly Column[], suffix = ""): Insertion {
  const names = columns.map(([name]) => name).join(", ");
  const into = `INSERT INTO ${table} (tenant, ${names})`;
  const values = columns.map(([, type], at) => `$${at + 2}::${type}`);
  const given = columns.map(([name, type]) =>
    type === "text[]" ? `u.${name}::text[]` : `u.${name}`,
  );
  return {
    one: prepared(`${into} VALUES ($1, ${values.join(", ")}) ${suffix}`),
    many: prepared(`${into} SELECT $1, ${given.join(", ")} FROM ${unnested(columns)} ${suffix}`),
  };
}

/** Turns the arrays of columns into rows `u`. */
export function unnested(columns: readonly Column[]): string {
  const lists = columns.map(([, type], at) => `$${at + 2}::${type === "text[]" ? "text" : type}[]`);
  return `unnest(${lists.join(", ")}) u(${columns.map(([name]) => name).join(", ")})`;
}
