import { ContextMesh, isSynthaError } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { startServer } from "@syntha/testing-postgres";
import { expect, it, onTestFinished } from "vitest";
import { type ChangesResource, changesUri } from "../../src/index.ts";
import { collectNotices, readJson } from "../support/resource-client.ts";
import { connect, serve } from "../support/serve.ts";

it("announces what changed while the database restarted, to a listen that stays open", async () => {
  const server = await startServer({});
  onTestFinished(() => server.stop());
  const open = (): ContextMesh => {
    const mesh = new ContextMesh({
      storage: new PostgresStorage({ connectionString: server.url, connections: 2 }),
    });
    onTestFinished(() => mesh.close());
    return mesh;
  };
  const [mesh, elsewhere] = [open(), open()];
  await elsewhere.agent("Bob").push("plan", 0, { global: true });
  const url = await serve({
    mesh: () => mesh,
    authenticate: () => ({ tenantId: "default", agent: "Claude" }),
  });
  const client = await connect(url);
  const notices = collectNotices(client);
  const { closed } = await client.listen({ resourceSubscriptions: ["syntha://item/plan"] });
  const push = async (value: number): Promise<void> => {
    try {
      await elsewhere.agent("Bob").push("plan", value, { global: true });
    } catch (error) {
      // A connection may break before the database has answered.
      if (!isSynthaError(error)) throw error;
      await push(value);
    }
  };
  const next = async (value: number): Promise<string> => {
    const before = notices.length;
    await push(value);
    await expect.poll(() => notices.length).toBeGreaterThan(before);
    return notices.at(-1)?.cursor ?? "";
  };
  const cursor = await next(1);
  await server.restart("fast");
  await next(2);
  await server.restart("immediate");
  await next(3);
  expect(await Promise.race([closed, Promise.resolve("open")])).toBe("open");
  // The cursor of the last notice before the outage has all that followed.
  const missed = (await readJson(client, changesUri(cursor))) as ChangesResource;
  const values = missed.changes.map((change) => change.type === "put" && change.item.value);
  expect([...new Set(values)]).toEqual([2, 3]);
});
