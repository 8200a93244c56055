/**
 * Finds rows of a table for each row of a list `u`, with one index lookup each. A join would leave the method to the
 * planner, whose plan may date from when the table was small. Returns the list's columns and the `row_id` of each row,
 * which stays valid while the tenant is locked. The lookups are made once, as in {@link withFound}; with a LIMIT that is
 * unknown to the planner, here none, it expects few rows, and fetches each by its id.
 */
export function indexLookup(list: string, table: string, where: string): string {
  return `(WITH found AS MATERIALIZED (SELECT u.*, x.row_id FROM ${list}
    CROSS JOIN LATERAL (SELECT x.ctid AS row_id FROM ${table} x WHERE ${where} OFFSET 0) x
    LIMIT (SELECT NULL::bigint)) SELECT * FROM found) u`;
}

/**
 * Whether a row of a table is one that {@link indexLookup} has found. The row's id says so; the tenant tells Citus that
 * table and lookup are of one shard, without which it would plan them apart and refuse the id.
 */
export function isFound(table: string): string {
  return `${table}.tenant = $1 AND ${table}.ctid = u.row_id`;
}

/**
 * Begins a statement that changes the rows of a table that a query finds, each with its `row_id`. The query is executed
 * once: a planner that expects one row of the tenant would otherwise repeat a query with a LIMIT for each row there is.
 */
export function withFound(query: string): string {
  return `WITH u AS MATERIALIZED (${query})`;
}
