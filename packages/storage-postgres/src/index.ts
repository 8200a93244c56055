export type { DistributionOptions } from "./migrations/distribution.ts";
export { migrationSql, type MigrationSqlOptions } from "./migrations/migration-sql.ts";
export {
  type RowLevelSecurityOptions,
  rowLevelSecuritySql,
} from "./migrations/row-level-security-sql.ts";
export type { OpenPool, PostgresStorageOptions } from "./options.ts";
export { PostgresStorage } from "./postgres-storage.ts";
