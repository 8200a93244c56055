/**
 * Rows of a table, found for each row of a list `u` through the table's index, one look-up each: a join would leave it
 * to the planner, who may have known the table only while it was small. Gives the list's columns and each row's `place`,
 * which holds as long as the tenant is locked.
 */
export function found(list: string, table: string, where: string): string {
  return `(SELECT u.*, x.place FROM ${list}
    CROSS JOIN LATERAL (SELECT x.ctid AS place FROM ${table} x WHERE ${where} OFFSET 0) x) u`;
}
