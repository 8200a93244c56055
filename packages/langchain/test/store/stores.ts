import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContextMesh, MemoryStorage, type Storage, TenantRegistry } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { onTestFinished } from "vitest";
import { SynthaStore, type SynthaStoreOptions } from "../../src/store/index.ts";

const newPath = (): string => join(tmpdir(), `syntha-${randomUUID()}.db`);
function remove(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
}

/** The path of a database that is deleted after the test. */
export function sqliteFile(): string {
  const path = newPath();
  onTestFinished(() => remove(path));
  return path;
}

async function onPostgres(): Promise<Storage> {
  const [connectionString, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  dropLater.push(() => schema.drop());
  return new PostgresStorage({ connectionString, schema: schema.name, connections: 4 });
}

const OPEN: Readonly<Record<string, () => Promise<Storage>>> = {
  memory: async () => new MemoryStorage(),
  SQLite: async () => {
    const path = newPath();
    dropLater.push(() => remove(path));
    return new SqliteStorage({ path });
  },
  Postgres: onPostgres,
};
export const KINDS = Object.keys(OPEN);

const open = new Map<string, Promise<TenantRegistry>>();
const dropLater: (() => unknown)[] = [];

/** A store on a tenant of its own. All tests of a file share a storage of each kind. */
export async function storeOn(
  kind: string,
  options: SynthaStoreOptions = {},
): Promise<SynthaStore> {
  const opening =
    open.get(kind) ?? OPEN[kind]?.().then((storage) => new TenantRegistry({ storage }));
  if (opening === undefined) throw new Error(`There is no storage ${kind}.`);
  open.set(kind, opening);
  const mesh = (await opening).mesh(randomUUID());
  onTestFinished(() => mesh.close());
  return new SynthaStore(mesh.system, options);
}

/** For `afterAll` of every file that calls `storeOn`. */
export async function closeStores(): Promise<void> {
  for (const tenants of open.values()) await (await tenants).close();
  open.clear();
  for (const drop of dropLater.splice(0)) await drop();
}

/** A mesh that closes after the test. */
export function openMesh(options: ConstructorParameters<typeof ContextMesh>[0] = {}): ContextMesh {
  const mesh = new ContextMesh(options);
  onTestFinished(() => mesh.close());
  return mesh;
}
