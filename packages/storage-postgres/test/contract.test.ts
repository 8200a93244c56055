import { storageContract } from "@syntha/storage-contract";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";

const isFull = process.env["SYNTHA_TESTS"] === "full";

storageContract({
  name: "Postgres",
  scope: isFull ? "all" : "storage",
  runs: isFull ? 25 : 2,
  create: async ({ clock }) => {
    const [connectionString, schema] = await Promise.all([postgresUrl(), freshSchema()]);
    const open = (): PostgresStorage =>
      new PostgresStorage({ connectionString, schema: schema.name, clock, connections: 4 });
    return {
      storage: open(),
      reopen: async () => open(),
      second: async () => open(),
      cleanup: () => schema.drop(),
    };
  },
});
