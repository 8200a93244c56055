export type { OpenDatabase } from "./open-database.ts";
export type { SqliteStorageOptions } from "./options.ts";
export { SqliteStorage } from "./sqlite-storage.ts";
