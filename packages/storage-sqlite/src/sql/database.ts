/** A value of a column, or of a parameter. */
type Column = string | number | null;
export type Row = readonly Column[];

/** A prepared query. Rows are arrays, the fastest form of the libraries; integers are numbers. */
export interface Query<R extends Row = Row> {
  get(...values: Column[]): R | undefined;
  all(...values: Column[]): R[];
}

/** A prepared query of one column: a value for each row, which takes half the time of an array with one. */
export interface ColumnQuery<C extends Column = Column> {
  all(...values: Column[]): C[];
}

/** A prepared statement without rows. */
export interface Command {
  /** The properties of the result may be read until the next statement runs. */
  run(...values: Column[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
}

/**
 * What the tables, reads, writes and migrations need of SQLite. It includes neither BEGIN nor pragmas, which some hosts of
 * SQLite forbid: {@link SqlTransactions} has the transactions.
 */
export interface SqlDatabase {
  query(sql: string): Query;
  column(sql: string): ColumnQuery;
  command(sql: string): Command;
  /** Runs several statements without parameters and rows. */
  exec(sql: string): void;
}

/** Transactions of synchronous work on a {@link SqlDatabase}. They are not nested. */
export interface SqlTransactions {
  /** Runs queries in one snapshot. */
  read<T>(work: () => T): T;
  /** @param isKept Whether to commit after this result; otherwise the transaction is rolled back. */
  write<T>(work: () => T, isKept?: (result: T) => boolean): T;
}

/**
 * With a plain `?` in a join, SQLite plans by the bound value, and plans again at each call, which takes longer than the
 * query. With `+?` it ignores the value.
 */
function planOnce(sql: string): string {
  return sql.replaceAll("?", "+?");
}

export function query<R extends Row>(database: SqlDatabase, sql: string): Query<R> {
  return database.query(planOnce(sql)) as Query<R>;
}

export function column<C extends Column>(database: SqlDatabase, sql: string): ColumnQuery<C> {
  return database.column(planOnce(sql)) as ColumnQuery<C>;
}

export function command(database: SqlDatabase, sql: string): Command {
  return database.command(sql);
}
