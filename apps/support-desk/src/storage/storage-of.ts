import { MemoryStorage, type Storage } from "@syntha/core";

import type { StorageChoice } from "./storage-choice.ts";

/** What an acknowledged write survives. */
export type Durability = "power" | "process";

/** The storage that was chosen; only its package is loaded. */
export async function storageOf(choice: StorageChoice, durability: Durability): Promise<Storage> {
  switch (choice.kind) {
    case "memory":
      return new MemoryStorage();
    case "sqlite": {
      const { SqliteStorage } = await import("@syntha/storage-sqlite");
      return new SqliteStorage({ path: choice.path, durability });
    }
    case "postgres": {
      const { PostgresStorage } = await import("@syntha/storage-postgres");
      const { url, schema } = choice;
      return new PostgresStorage({
        connectionString: url,
        ...(schema !== undefined && { schema }),
        durability,
      });
    }
  }
}
