import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storageContract } from "@syntha/storage-contract";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { drivers } from "./support/drivers.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";

for (const { name, driver } of drivers) {
  for (const durability of ["power", "process"] as const) {
    // In short mode, one run has all cases, and the other driver some. All run the same statements; the cases can't observe how a commit is synced, and
    // syncs take time. What differs by the library (locks, errors, files, processes) has tests of its own.
    const isComplete = name === "better-sqlite3" && durability === "process";
    if (!isFull && !isComplete && (name === "better-sqlite3" || durability === "process")) continue;
    storageContract({
      name: `SQLite by ${name}, durable to the ${durability === "power" ? "power cut" : "killed process"}`,
      scope: isFull ? "all" : isComplete ? "storage" : "wrapper",
      runs: isFull ? 25 : isComplete ? 3 : 1,
      create: async ({ clock }) => {
        const folder = await mkdtemp(join(tmpdir(), "syntha-contract-"));
        const path = join(folder, "mesh.db");
        const open = (): SqliteStorage =>
          new SqliteStorage({ path, driver, clock, durability, pollEvery: "2ms" });
        return {
          storage: open(),
          reopen: async () => open(),
          second: async () => open(),
          cleanup: () => rm(folder, { recursive: true }),
        };
      },
    });
  }
}
