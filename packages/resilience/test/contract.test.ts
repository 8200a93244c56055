import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryStorage } from "@syntha/core";
import { storageContract } from "@syntha/storage-contract";
import { resilientStorage } from "@syntha/resilience";
import { SqliteStorage } from "@syntha/storage-sqlite";

// All policies at once. Delays are short, so that retries do not slow down the suite.
const policies = {
  breaker: { failures: 5, halfOpenAfter: "50ms" },
  retry: { retries: 2, initialDelay: "1ms" },
  timeout: "20s",
  bulkhead: { limit: 64, queue: 10_000 },
} as const;

const isFull = process.env["SYNTHA_TESTS"] === "full";
const scope = isFull ? "all" : "wrapper";
const runs = isFull ? 25 : 1;

storageContract({
  name: "memory with policies",
  scope,
  runs,
  create: ({ clock }) => ({
    storage: resilientStorage(new MemoryStorage({ clock }), policies),
    cleanup: async () => {},
  }),
});

storageContract({
  name: "SQLite with policies",
  scope,
  runs,
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
