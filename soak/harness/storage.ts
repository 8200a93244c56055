import { ContextMesh, MemoryStorage, type Storage } from "@syntha/core";
import type { Clock } from "@syntha/core/storage";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import type { Address } from "./database.ts";

/** Opens a storage at an address, as a separate process does. */
export function createStorage(address: Address, now?: Clock): Storage {
  const clock = now && { clock: now };
  switch (address.kind) {
    case "memory":
      return new MemoryStorage(clock ?? {});
    case "sqlite":
      // The weaker level survives a killed process; these programs cannot cause a power cut.
      return new SqliteStorage({ path: address.path, durability: "process", ...clock });
    case "node-sqlite": {
      const { path } = address;
      return new SqliteStorage({ path, driver: nodeSqlite(), durability: "process", ...clock });
    }
    case "postgres": {
      const { connectionString, schema } = address;
      return new PostgresStorage({ connectionString, schema, connections: 4, ...clock });
    }
  }
}

/** Creates a mesh without background tasks. */
export function createMesh(storage: Storage, tenantId = "soak"): ContextMesh {
  return new ContextMesh({ storage, tenantId, sweepEvery: false, compactEvery: false });
}
