import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContextMesh, type Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { onTestFinished } from "vitest";
import { SynthaStore, type SynthaStoreOptions } from "../../src/store/index.ts";

/** The path of a database that is deleted after the test. */
export function sqliteFile(): string {
  const path = join(tmpdir(), `syntha-${randomUUID()}.db`);
  onTestFinished(() => {
    for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  });
  return path;
}

async function onPostgres(): Promise<Storage> {
  const [connectionString, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  onTestFinished(() => schema.drop());
  return new PostgresStorage({ connectionString, schema: schema.name, connections: 4 });
}

/** Creates each kind of storage. */
export const STORAGES: Readonly<Record<string, () => Promise<Storage | undefined>>> = {
  memory: async () => undefined,
  SQLite: async () => new SqliteStorage({ path: sqliteFile() }),
  Postgres: onPostgres,
};

/** A mesh that closes after the test. */
export function openMesh(options: ConstructorParameters<typeof ContextMesh>[0] = {}): ContextMesh {
  const mesh = new ContextMesh(options);
  onTestFinished(() => mesh.close());
  return mesh;
}

export async function storeOn(
  kind: string,
  options: SynthaStoreOptions = {},
): Promise<SynthaStore> {
  const storage = await STORAGES[kind]?.();
  return new SynthaStore(openMesh(storage === undefined ? {} : { storage }).system, options);
}
