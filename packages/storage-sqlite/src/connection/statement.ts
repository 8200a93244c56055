import type { Database } from "better-sqlite3";

/** What a column holds, and what can be bound to one. */
type Column = string | number | null;
export type Row = readonly Column[];

/** A prepared query whose rows are arrays, the driver's fastest form. */
export interface Query<R extends Row = Row> {
  get(...values: Column[]): R | undefined;
  all(...values: Column[]): R[];
}

export interface Command {
  run(...values: Column[]): { changes: number; lastInsertRowid: number | bigint };
}

/**
 * A plain `?` in a join lets SQLite plan by the value that is bound, and so plan anew at each call, which takes longer
 * than the query. `+?` is a value that it does not look into.
 */
function planOnce(sql: string): string {
  return sql.replaceAll("?", "+?");
}

export function query<R extends Row>(database: Database, sql: string): Query<R> {
  // A database handed in may be set to give 64-bit integers; ours all fit a number.
  return database.prepare(planOnce(sql)).raw().safeIntegers(false) as unknown as Query<R>;
}

export function command(database: Database, sql: string): Command {
  return database.prepare(sql).safeIntegers(false) as unknown as Command;
}
