import type { Database } from "better-sqlite3";

/** A value of a column, or of a parameter. */
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
 * With a plain `?` in a join, SQLite plans by the bound value, and plans again at each call, which takes longer than the
 * query. With `+?` it ignores the value.
 */
function planOnce(sql: string): string {
  return sql.replaceAll("?", "+?");
}

export function query<R extends Row>(database: Database, sql: string): Query<R> {
  // The user's database may be set to return 64-bit integers; all integers here fit a number.
  return database.prepare(planOnce(sql)).raw().safeIntegers(false) as unknown as Query<R>;
}

export function command(database: Database, sql: string): Command {
  return database.prepare(sql).safeIntegers(false) as unknown as Command;
}
