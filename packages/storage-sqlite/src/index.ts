export type { SqliteDriver } from "./drivers/driver.ts";
export type { OpenDatabase, OpenDatabaseSync, SqliteStorageOptions } from "./options.ts";
export { SqliteStorage } from "./sqlite-storage.ts";
