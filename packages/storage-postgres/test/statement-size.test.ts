import { ContextMesh } from "@syntha/core";
import { type Commit, decide } from "@syntha/core/storage";
import { manualClock } from "@syntha/core/testing";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, onTopics, put } from "./support/operations.ts";
import { ownPool } from "./support/own-pool.ts";

/** No statement may grow with the size of the tenant, as a role may have a statement_timeout. */
const MOST_GIVEN = 1_000;
const MOST_READ = 2_001;

/** The sizes of a pool's statements: their parameters and results. */
class Sizes {
  given = 0;
  rows = 0;

  note(values: readonly unknown[], rows: number): void {
    for (const value of values) this.given = Math.max(this.given, lengthOf(value));
    this.rows = Math.max(this.rows, rows);
  }
}

/** The number of elements of an array, or of its text format. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  const isList = typeof value === "string" && value.startsWith("{") && value.endsWith("}");
  return isList ? value.replaceAll(/"(?:[^"\\]|\\.)*"/g, "x").split(",").length : 0;
}

function recording(sizes: Sizes): typeof pg.Client {
  return class extends pg.Client {
    override query(...args: unknown[]): never {
      const result: unknown = super.query(...(args as [string]));
      const [config] = args as [{ values?: readonly unknown[] }?];
      if (result instanceof Promise)
        result.then(
          ({ rowCount }: pg.QueryResult) => sizes.note(config?.values ?? [], rowCount ?? 0),
          () => undefined,
        );
      return result as never;
    }
  };
}

async function scene() {
  const { connectionString, schema } = await ownSchema();
  const sizes = new Sizes();
  const clock = manualClock();
  const Client = recording(sizes);
  const storage = await openStorage({ pool: ownPool({ connectionString, Client }), schema, clock });
  const mesh = new ContextMesh({ tenantId: "acme", storage, sweepEvery: false });
  onTestFinished(() => mesh.close());
  const fill = async (count: number, topic: string, expiry?: number): Promise<void> => {
    const route = onTopics(topic, `${topic} too`);
    const ops = Array.from({ length: count }, (_, n) => put(`${topic} ${n}`, n, { route, expiry }));
    await storage.commit("acme", [{ actor: "Ann", ops }], decide);
  };
  return { storage, mesh, clock, sizes, fill };
}

it("limits the size of statements for large tenants", async () => {
  const { storage, mesh, sizes, clock, fill } = await scene();
  const { system } = mesh;
  await fill(2_500, "kept");
  await fill(1_200, "deleted");
  await fill(2_100, "expiring", 60_000);
  const names = Array.from({ length: 1_200 }, (_, n) => `agent ${n}`);
  const ties = names.map((agent): Commit => bySystem({ type: "subscribe", agent, topics: ["t"] }));
  await storage.commit("acme", ties, decide);
  const topics = names.map((name) => `topic of ${name}`);
  await storage.commit("acme", [bySystem({ type: "subscribe", agent: "Bot", topics })], decide);
  const hot = Array.from({ length: 2_100 }, (_, n) => bySystem(put("hot", n, { expiry: 60_000 })));
  await storage.commit("acme", hot, decide);
  const task = { priority: 1, notBefore: undefined, dependsOn: ["kept 0"] };
  const route = onTopics("kept");
  const waiting = Array.from({ length: 1_000 }, (_, n) => put(`waiting ${n}`, n, { route, task }));
  await storage.commit("acme", [bySystem(...waiting)], decide);
  clock.advance("1m");

  expect(await mesh.stats()).toMatchObject({ items: 4_700, expired: 2_101 });
  expect((await system.list({ author: "Stranger" })).items).toEqual([]);
  expect((await mesh.agent("agent 1").list({ author: "Stranger" })).items).toEqual([]);
  expect((await system.keys()).length).toBe(4_700);
  expect((await system.history("hot")).length).toBe(2_100);
  await system.delete("kept 0");
  const first = await system.claim({ topic: "kept" });
  expect(first?.item).toMatchObject({ key: "waiting 0", pendingDependencies: [] });
  await system.push("hot", "again", { global: true });
  expect(await mesh.sweep()).toBe(2_100);
  await mesh.setPermissions("Bot", { post: ["kept"] });
  expect(await mesh.deleteTopic("t")).toMatchObject({ subscribers: 1_200 });
  expect(await mesh.deleteTopic("deleted")).toMatchObject({ kept: 1_200 });
  const limits = { agent: { items: 9_999 } };
  const limited = new ContextMesh({ tenantId: "acme", storage, limits });
  await limited.agent("Ann").push("one more", 1, { global: true });
  await limited.close();
  expect(await mesh.clear()).toBe(4_701);
  await mesh.compact({ log: { commits: 0 } });
  await fill(1_200, "again");
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
  expect(sizes.given).toBeLessThanOrEqual(MOST_GIVEN);
  expect(sizes.rows).toBeLessThanOrEqual(MOST_READ);
});
