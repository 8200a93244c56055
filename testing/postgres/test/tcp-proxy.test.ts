import { setTimeout as sleep } from "node:timers/promises";
import { TcpProxy } from "@syntha/testing-postgres";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { describe, expect, it, onTestFinished } from "vitest";
import { connected, query } from "./support/query.ts";
import { until } from "./support/until.ts";

async function proxied(): Promise<TcpProxy> {
  const proxy = await TcpProxy.to(await postgresUrl());
  onTestFinished(() => proxy.close());
  return proxy;
}

describe("TcpProxy", () => {
  it("passes all bytes on", async () => {
    const proxy = await proxied();
    const [row] = await query(proxy.url, "select repeat('x', 3000000) as text");
    expect(row?.["text"]).toHaveLength(3_000_000);
    await until("the connection is closed", () => proxy.connections === 0);
  });

  it("drops connections silently, and accepts new ones", async () => {
    const proxy = await proxied();
    const client = await connected(proxy.url);
    proxy.forget();
    let isAnswered = false;
    const waiting = client.query("select 1 as one").finally(() => (isAnswered = true));
    expect(await query(proxy.url, "select 2 as two")).toEqual([{ two: 2 }]);
    expect(isAnswered).toBe(false);
    proxy.heal();
    expect((await waiting).rows).toEqual([{ one: 1 }]);
  });

  it("cuts connections, and accepts new ones", async () => {
    const proxy = await proxied();
    const client = await connected(proxy.url);
    const waiting = client.query("select pg_sleep(60)");
    await sleep(20);
    proxy.cut();
    await expect(waiting).rejects.toThrow(/ECONNRESET|terminated/);
    await until("the connection is closed", () => proxy.connections === 0);
    expect(await query(proxy.url, "select 1 as n")).toEqual([{ n: 1 }]);
  });

  it("holds all bytes back, and delivers them when healed", async () => {
    const proxy = await proxied();
    const client = await connected(proxy.url);
    proxy.blackhole();
    const answer = client.query("select 1 as n").then(({ rows }) => rows);
    const second = connected(proxy.url);
    expect(await Promise.race([answer, second, sleep(200, "no answer")])).toBe("no answer");
    proxy.heal();
    expect(await answer).toEqual([{ n: 1 }]);
    await (await second).end();
    await client.end();
  });

  it("hides a client's end from the server while it holds bytes back", async () => {
    const proxy = await proxied();
    const client = await connected(proxy.url);
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const isConnected = async (): Promise<boolean> => {
      const sql = `select 1 from pg_stat_activity where pid = ${rows[0]?.pid}`;
      return (await query(await postgresUrl(), sql)).length === 1;
    };
    proxy.blackhole();
    void client.end();
    await sleep(100);
    expect(await isConnected()).toBe(true);
    proxy.heal();
    await until("the server has closed the session", async () => !(await isConnected()));
  });

  it("delays bytes and keeps their order", async () => {
    const proxy = await proxied();
    const client = await connected(proxy.url);
    proxy.delay(50);
    const started = performance.now();
    expect((await client.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    expect(performance.now() - started).toBeGreaterThan(95);
    proxy.heal();
    await client.end();
  });

  for (const [side, outcome, rows] of [
    ["before", "has not executed", []],
    ["after", "has executed", [{ n: 1 }]],
  ] as const) {
    for (const kind of ["a simple statement", "a prepared statement"]) {
      it(`cuts ${side} the answer to ${kind}, which the server ${outcome}`, async () => {
        const schema = await freshSchema();
        await query(schema.url, `create schema ${schema.name}`);
        await query(schema.url, `create table ${schema.name}.t (n int)`);
        const proxy = await proxied();
        const client = await connected(proxy.url);
        const cut = proxy.cutAt("insert into", side);
        await client.query("select 1");
        const write =
          kind === "a simple statement"
            ? client.query(`insert into ${schema.name}.t values (1)`)
            : client.query(`insert into ${schema.name}.t values ($1)`, [1]);
        await expect(write).rejects.toThrow(/ECONNRESET|terminated/);
        await cut;
        expect(await query(schema.url, `select n from ${schema.name}.t`)).toEqual(rows);
        await schema.drop();
      });
    }
  }
});
