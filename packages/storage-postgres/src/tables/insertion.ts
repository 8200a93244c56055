import { prepared, type Statement } from "../connections/statement.ts";

/** A statement that writes rows: for one, which most writes are, and for a list of each column. */
export interface RowWrite {
  readonly one: Statement;
  readonly many: Statement;
}

/** A list of texts comes as one text: in a list of its own it would be a matrix. */
export type Column = readonly [name: string, type: "bigint" | "boolean" | "text" | "text[]"];

/** @param suffix such as what to do on a conflict */
export function insertion(table: string, columns: readonly Column[], suffix = ""): RowWrite {
  const names = columns.map(([name]) => name).join(", ");
  const into = `INSERT INTO ${table} (tenant, ${names})`;
  const values = columns.map(([, type], at) => `$${at + 2}::${type}`);
  const given = columns.map(([name, type]) =>
    type === "text[]" ? `u.${name}::text[]` : `u.${name}`,
  );
  return {
    one: prepared(`${into} VALUES ($1, ${values.join(", ")}) ${suffix}`),
    many: prepared(`${into} SELECT $1, ${given.join(", ")} FROM ${listOf(columns)} ${suffix}`),
  };
}

/** Lists of columns as rows of `u`. */
export function listOf(columns: readonly Column[]): string {
  const lists = columns.map(([, type], at) => `$${at + 2}::${type === "text[]" ? "text" : type}[]`);
  return `unnest(${lists.join(", ")}) u(${columns.map(([name]) => name).join(", ")})`;
}
