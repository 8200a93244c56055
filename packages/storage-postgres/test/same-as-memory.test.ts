import { compareWithMemory } from "@syntha/storage-contract";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshSchema } from "@syntha/testing-postgres/vitest";

compareWithMemory(
  {
    name: "Postgres",
    create: async ({ clock }) => {
      const schema = await freshSchema();
      return {
        storage: new PostgresStorage({ connectionString: schema.url, schema: schema.name, clock }),
        cleanup: () => schema.drop(),
      };
    },
  },
  process.env["SYNTHA_TESTS"] === "full" ? 15 : 2,
);
