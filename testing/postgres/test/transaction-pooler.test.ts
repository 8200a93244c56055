import { TransactionPooler } from "@syntha/testing-postgres";
import { postgresUrl } from "@syntha/testing-postgres/vitest";
import type { PoolerOptions } from "@syntha/testing-postgres";
import { expect, it, onTestFinished } from "vitest";
import { connected } from "./support/query.ts";

async function pooled(options?: PoolerOptions): Promise<string> {
  const pooler = await TransactionPooler.to(await postgresUrl(), options);
  onTestFinished(() => pooler.close());
  return pooler.url;
}

const PID = "select pg_backend_pid() as pid";

it("uses one session per transaction, and another for the next", async () => {
  const client = await connected(await pooled());
  const pids: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    await client.query("begin");
    const [first] = (await client.query(PID)).rows;
    const [second] = (await client.query(PID)).rows;
    await client.query("commit");
    expect(second).toEqual(first);
    pids.push(first.pid);
  }
  expect(pids[0]).not.toBe(pids[1]);
  expect(pids[2]).toBe(pids[0]);
});

it("shares its sessions among waiting clients", async () => {
  const url = await pooled({ size: 2 });
  const clients = await Promise.all(Array.from({ length: 6 }, () => connected(url)));
  const answers = await Promise.all(
    clients.map((client) => client.query("select pg_sleep(0.02), pg_backend_pid() as pid")),
  );
  expect(new Set(answers.map(({ rows }) => rows[0].pid)).size).toBe(2);
});

it("leaves settings and prepared statements with the session", async () => {
  const client = await connected(await pooled());
  await client.query("set lock_timeout = 4711");
  const shown = async (): Promise<unknown> => (await client.query("show lock_timeout")).rows[0];
  expect([await shown(), await shown()]).toContainEqual({ lock_timeout: "0" });
  const prepared = { name: "one", text: "select 1 as one" };
  await client.query(prepared);
  await expect(client.query(prepared)).rejects.toMatchObject({ code: "26000" });
});

it("replaces a session whose client left in a transaction", async () => {
  const url = await pooled({ size: 1 });
  const leaving = await connected(url);
  await leaving.query("begin");
  await leaving.end();
  const client = await connected(url);
  const { rows } = await client.query("select pg_current_xact_id_if_assigned() as open");
  expect(rows).toEqual([{ open: null }]);
});

it("disconnects a client that begins a transaction in statement mode", async () => {
  const client = await connected(await pooled({ mode: "statement" }));
  expect((await client.query(PID)).rowCount).toBe(1);
  await client.query("begin");
  await expect(client.query(PID)).rejects.toThrow(
    /statement pooling mode|terminated|not queryable/,
  );
});
