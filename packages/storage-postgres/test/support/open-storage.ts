import { PostgresStorage, type PostgresStorageOptions } from "@syntha/storage-postgres";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { atTestEnd } from "./test-end.ts";

/** A storage that is closed when the test ends. */
export function newStorage(options: PostgresStorageOptions): PostgresStorage {
  const storage = new PostgresStorage(options);
  atTestEnd(() => storage.close());
  return storage;
}

/** The same, opened. */
export async function openStorage(options: PostgresStorageOptions): Promise<PostgresStorage> {
  const storage = newStorage(options);
  await storage.open();
  return storage;
}

/** A schema on the shared server; dropped when the test ends. */
export async function ownSchema(): Promise<{ connectionString: string; schema: string }> {
  const schema = await freshSchema();
  atTestEnd(() => schema.drop());
  return { connectionString: schema.url, schema: schema.name };
}
