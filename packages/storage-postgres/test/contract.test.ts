import { storageContract } from "@syntha/storage-contract";
import { PostgresStorage } from "@syntha/storage-postgres";
import { emptySchema } from "./support/empty-schema.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";

storageContract({
  name: "Postgres",
  scope: isFull ? "all" : "storage",
  runs: isFull ? 25 : 1,
  create: async ({ clock }) => {
    const { release, ...place } = await emptySchema();
    const opened: PostgresStorage[] = [];
    const open = (): PostgresStorage => {
      const storage = new PostgresStorage({ ...place, clock, connections: isFull ? 4 : 2 });
      opened.push(storage);
      return storage;
    };
    return {
      storage: open(),
      reopen: async () => open(),
      second: async () => open(),
      cleanup: async () => {
        // A case that failed may have left one open, which would write to the next case's schema.
        await Promise.all(opened.map((storage) => storage.close()));
        await release();
      },
    };
  },
});
