export type { OpenDatabase, SqliteStorageOptions } from "./options.ts";
export { SqliteStorage } from "./sqlite-storage.ts";
