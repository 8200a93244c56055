import { PostgresStorage, type PostgresStorageOptions } from "@syntha/storage-postgres";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { onTestFinished } from "vitest";

/** A storage, which is closed when the test is over. */
export function newStorage(options: PostgresStorageOptions): PostgresStorage {
  const storage = new PostgresStorage(options);
  onTestFinished(() => storage.close());
  return storage;
}

/** An open one. */
export async function openStorage(options: PostgresStorageOptions): Promise<PostgresStorage> {
  const storage = newStorage(options);
  await storage.open();
  return storage;
}

/** A schema on the server that all tests share; dropped when the test is over. */
export async function ownSchema(): Promise<{ connectionString: string; schema: string }> {
  const schema = await freshSchema();
  onTestFinished(() => schema.drop());
  return { connectionString: schema.url, schema: schema.name };
}
