import type { Storage } from "@syntha/core";
import type { Database } from "./database.ts";
import { createStorage } from "./storage.ts";

export function memoryDatabase(): Database {
  const address = { kind: "memory" } as const;
  let storage: Storage | undefined;
  return {
    kind: "memory",
    address,
    storage: (clock) => (storage ??= createStorage(address, clock)),
    integrity: async () => undefined,
    schema: async () => "",
    async remove() {
      await storage?.close();
    },
  };
}
