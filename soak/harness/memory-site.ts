import type { Storage } from "@syntha/core";
import type { Site } from "./site.ts";
import { storageAt } from "./storage-at.ts";

export function memorySite(): Site {
  const address = { kind: "memory" } as const;
  let storage: Storage | undefined;
  return {
    kind: "memory",
    address,
    storage: (clock) => (storage ??= storageAt(address, clock)),
    integrity: async () => undefined,
    schema: async () => "",
    async remove() {
      await storage?.close();
    },
  };
}
