import type { Database } from "better-sqlite3";
import { Transactions } from "../../src/connection/transaction.ts";
import { BetterSqlite3Database } from "../../src/drivers/better-sqlite3.ts";
import { migrate } from "../../src/migrations/migrate.ts";
import type { Migration } from "../../src/migrations/migration.ts";

/** Runs pending migrations, by default those of this release. */
export function migrateDatabase(handle: Database, migrations?: readonly Migration[]): void {
  const database = new BetterSqlite3Database(handle);
  migrate(database, new Transactions(database), { migrations });
}
