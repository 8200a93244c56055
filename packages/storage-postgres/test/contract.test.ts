import { storageContract } from "@syntha/storage-contract";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";

storageContract({
  name: "Postgres",
  plans: process.env["SYNTHA_TESTS"] === "full" ? 25 : 4,
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
