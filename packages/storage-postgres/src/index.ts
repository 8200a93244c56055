export { migrationSql, type MigrationSqlOptions } from "./migrations/migration-sql.ts";
export type { OpenPool } from "./open-pool.ts";
export type { PostgresStorageOptions } from "./options.ts";
export { PostgresStorage } from "./postgres-storage.ts";
export {
  type RowLevelSecurityOptions,
  rowLevelSecuritySql,
} from "./migrations/row-level-security-sql.ts";
