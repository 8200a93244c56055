import type { FileDatabase } from "../drivers/driver.ts";
import type { Row } from "../sql/database.ts";

/** The first row of a pragma that has one, such as `"journal_mode"` or `"journal_mode = WAL"`. */
export function pragma(database: FileDatabase, text: string): Row | undefined {
  return database.query(`PRAGMA ${text}`).all()[0];
}
