import { MemoryStorage, type Storage } from "@syntha/core";

import { DeskError } from "../desk/desk-error.ts";
import type { StorageChoice } from "./storage-choice.ts";

/** What an acknowledged write survives; for a storage in a file of ours. */
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
    case "postgres":
      throw new DeskError("There is no Postgres here yet.", "Name --storage sqlite:FILE.");
  }
}
