import { MemoryStorage, type Storage } from "@syntha/core";
import type { Clock } from "@syntha/core/storage";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import type { Address } from "./site.ts";

/** A storage at an address, as processes of their own open it. */
export function storageAt(address: Address, time?: Clock): Storage {
  const clock = time && { clock: time };
  switch (address.kind) {
    case "memory":
      return new MemoryStorage(clock ?? {});
    case "sqlite":
      // The weaker durability promises to outlive a killed process; a power cut can't be made here.
      return new SqliteStorage({ path: address.path, durability: "process", ...clock });
    case "postgres": {
      const { connectionString, schema } = address;
      return new PostgresStorage({ connectionString, schema, connections: 4, ...clock });
    }
  }
}
