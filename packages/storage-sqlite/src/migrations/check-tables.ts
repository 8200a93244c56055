import type { SqlDatabase } from "../sql/database.ts";
import { MIGRATIONS } from "./index.ts";

/**
 * Statements are prepared when they are first used. Without this, a missing table or column would show late, and writes that
 * don't concern it would pass.
 *
 * @throws the library's error for the first name that is missing
 */
export function checkTables(database: SqlDatabase): void {
  // False before a page is read.
  const parts = tables().map(({ name, columns }) => {
    return `EXISTS (SELECT ${columns.join(", ")} FROM ${name} WHERE 0)`;
  });
  database.query(`SELECT ${parts.join(", ")}`).get();
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

let created: readonly Table[] | undefined;

/** What the migrations create; each column is on a separate line there. */
function tables(): readonly Table[] {
  return (created ??= MIGRATIONS.flatMap(({ sql }) =>
    Array.from(sql.matchAll(/CREATE TABLE (\w+) \(([^;]*);/g), ([, name = "", body = ""]) => ({
      name,
      columns: Array.from(
        body.matchAll(/^ {2}(\w+) (?:INTEGER|TEXT)/gm),
        ([, column = ""]) => column,
      ),
    })),
  ));
}
