import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storageContract } from "@syntha/core/storage-contract";
import { SqliteStorage } from "@syntha/storage-sqlite";

for (const durability of ["power", "process"] as const) {
  storageContract({
    name: `SQLite, durable to the ${durability === "power" ? "power cut" : "killed process"}`,
    create: async ({ clock }) => {
      const folder = await mkdtemp(join(tmpdir(), "syntha-contract-"));
      const open = (): SqliteStorage =>
        new SqliteStorage({ path: join(folder, "mesh.db"), clock, durability, pollEvery: "2ms" });
      return {
        storage: open(),
        reopen: async () => open(),
        second: async () => open(),
        cleanup: () => rm(folder, { recursive: true }),
      };
    },
  });
}
