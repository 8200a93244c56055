import { storageContract } from "@syntha/storage-contract";
import { PostgresStorage } from "@syntha/storage-postgres";
import { afterAll, expect, it } from "vitest";
import { citusUrl, dropCitusSchemas, emptyCitusSchema, hasCitus } from "../support/citus.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";

/** Listed as skipped without a cluster. */
it.skipIf(!hasCitus)("runs the contract on Citus: SYNTHA_TEST_CITUS_URL is set", () => {
  expect(citusUrl()).toMatch(/^postgres/);
});

if (hasCitus) {
  afterAll(dropCitusSchemas);
  storageContract({
    name: "Postgres on Citus",
    scope: isFull ? "all" : "storage",
    runs: isFull ? 25 : 1,
    create: async ({ clock }) => {
      const { release, ...place } = await emptyCitusSchema();
      const opened: PostgresStorage[] = [];
      const open = (): PostgresStorage => {
        const storage = new PostgresStorage({ ...place, clock, connections: 2 });
        opened.push(storage);
        return storage;
      };
      return {
        storage: open(),
        reopen: async () => open(),
        second: async () => open(),
        cleanup: async () => {
          await Promise.all(opened.map((storage) => storage.close()));
          await release();
        },
      };
    },
  });
}
