import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryStorage } from "@syntha/core";
import { storageContract } from "@syntha/storage-contract";
import { resilientStorage } from "@syntha/resilience";
import { SqliteStorage } from "@syntha/storage-sqlite";

// With every policy in place; waits are short, so that a case that should not be tried again would be seen to be slow.
const policies = {
  breaker: { failures: 5, halfOpenAfter: "50ms" },
  retry: { retries: 2, delay: "1ms" },
  timeout: "20s",
  bulkhead: { calls: 64, queue: 10_000 },
} as const;

const isFull = process.env["SYNTHA_TESTS"] === "full";
const scope = isFull ? "storage" : "wrapper";

storageContract({
  name: "memory, reached by policies",
  scope,
  create: ({ clock }) => ({
    storage: resilientStorage(new MemoryStorage({ clock }), policies),
    cleanup: async () => {},
  }),
});

storageContract({
  name: "SQLite, reached by policies",
  scope,
  create: async ({ clock }) => {
    const folder = await mkdtemp(join(tmpdir(), "syntha-resilience-"));
    const open = () =>
      resilientStorage(
        new SqliteStorage({ path: join(folder, "mesh.db"), clock, pollEvery: "2ms" }),
        policies,
      );
    return {
      storage: open(),
      reopen: async () => open(),
      second: async () => open(),
      cleanup: () => rm(folder, { recursive: true }),
    };
  },
});
