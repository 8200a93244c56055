import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareWithMemory } from "@syntha/storage-contract";
import { SqliteStorage } from "@syntha/storage-sqlite";

compareWithMemory(
  {
    name: "SQLite",
    create: async ({ clock }) => {
      const folder = await mkdtemp(join(tmpdir(), "syntha-same-"));
      const path = join(folder, "mesh.db");
      return {
        storage: new SqliteStorage({ path, clock, durability: "process" }),
        cleanup: () => rm(folder, { recursive: true }),
      };
    },
  },
  process.env["SYNTHA_TESTS"] === "full" ? 15 : 5,
);
