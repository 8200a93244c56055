import { SqliteStorage, type SqliteStorageOptions } from "@syntha/storage-sqlite";
import { onTestFinished } from "vitest";

/** An open storage that is closed at the end of the test. */
export async function openStorage(options: SqliteStorageOptions): Promise<SqliteStorage> {
  const storage = new SqliteStorage({ durability: "process", ...options } as SqliteStorageOptions);
  await storage.open();
  onTestFinished(() => storage.close());
  return storage;
}
