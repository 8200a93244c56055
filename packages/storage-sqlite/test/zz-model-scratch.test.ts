import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { registerModelCases } from "../../core/src/storage-contract/model/index.ts";

registerModelCases({
  name: "SQLite",
  create: async ({ clock }) => {
    const folder = await mkdtemp(join(tmpdir(), "syntha-contract-"));
    const open = (): SqliteStorage =>
      new SqliteStorage({
        path: join(folder, "mesh.db"),
        clock,
        durability: "process",
        pollEvery: "1ms",
      });
    return {
      storage: open(),
      reopen: async () => open(),
      second: async () => open(),
      cleanup: () => rm(folder, { recursive: true }),
    };
  },
});
