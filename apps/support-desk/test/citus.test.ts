import { PostgresStorage } from "@syntha/storage-postgres";
import { freshSchema } from "@syntha/testing-postgres";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { answersOnce, closeAll, generatedTickets, isFull, never, newDesk } from "./support.ts";

/** The coordinator of a Citus cluster, as a superuser. */
const url = process.env["SYNTHA_TEST_CITUS_URL"] ?? "";

afterAll(closeAll);

it.skipIf(url === "")("answers every ticket once on Citus (SYNTHA_TEST_CITUS_URL)", async () => {
  const schema = freshSchema(url);
  const options = { connectionString: url, schema: schema.name, distribute: { shards: 4 } };
  const desk = newDesk({ storage: new PostgresStorage(options) });
  onTestFinished(async () => {
    await desk.mesh.close();
    await schema.drop();
  });
  const tickets = generatedTickets(isFull ? 330 : 55);
  await desk.work(tickets, never);
  expect(await answersOnce(desk.mesh, tickets)).toHaveProperty("size", tickets.length);
});
