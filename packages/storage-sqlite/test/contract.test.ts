import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storageContract } from "@syntha/storage-contract";
import { SqliteStorage } from "@syntha/storage-sqlite";

const isFull = process.env["SYNTHA_TESTS"] === "full";

for (const durability of ["power", "process"] as const) {
  storageContract({
    name: `SQLite, durable to the ${durability === "power" ? "power cut" : "killed process"}`,
    // Both run the same statements; the cases can't observe how a commit is synced, and syncs take time.
    scope: isFull ? "all" : durability === "process" ? "storage" : "wrapper",
    runs: isFull ? 25 : durability === "process" ? 3 : 1,
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
