import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { startServer } from "@syntha/testing-postgres";
import pg from "pg";
import type { Chapter, Figure } from "./figure.ts";
import { fill, READS } from "./fill.ts";
import { repeat } from "./measure.ts";
import { queues } from "./queues.ts";
import { sample, sampleKey } from "./sample.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;
const VISIBLE = 100;

const TENANTS = 10_000;

/** The cost of a call in a mesh of a million items, and with ten thousand other tenants. */
export const postgresGrowth: Chapter = {
  title: "A larger mesh, on PostgreSQL",
  async *figures(): AsyncGenerator<Figure> {
    const server = await startServer({
      durable: false,
      settings: { shared_buffers: "512MB", max_wal_size: "4GB", autovacuum: "off" },
    });
    const meshOf = (schema: string, tenantId = "acme"): ContextMesh =>
      new ContextMesh({
        tenantId,
        storage: new PostgresStorage({ connectionString: server.url, schema, connections: 4 }),
        sweepEvery: false,
      });
    const [small, large] = [meshOf("small"), meshOf("large")];
    // Before there is anything: what is planned now must still hold when the tables are large.
    for (const mesh of [small, large]) await readAll(mesh, 20);
    await fill(small, SMALL, VISIBLE);
    await fill(large, LARGE, VISIBLE);
    const among = `among ${LARGE.toLocaleString("en")}`;
    const figures = (when: string): Figure[] =>
      (["keys", "getAll"] as const).map((call) => ({
        name: `${call} of ${VISIBLE} visible ${among}, ${when}`,
        baseline: `among ${SMALL.toLocaleString("en")}`,
        within: 2,
        times: 100,
        ours: repeat(() => READS[call](large.agent("Reader"))),
        against: repeat(() => READS[call](small.agent("Reader"))),
      }));
    yield* figures("plans made while empty");
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query("ANALYZE");
    yield* figures("after ANALYZE");
    let [a, b] = [0, 0];
    yield {
      name: `push ${among}`,
      baseline: `among ${SMALL.toLocaleString("en")}`,
      within: 1.5,
      times: 200,
      ours: repeat(() => large.system.push(`new:${a}`, sample(a++), { topics: ["common"] })),
      against: repeat(() => small.system.push(`new:${b}`, sample(b++), { topics: ["common"] })),
    };
    await large.close();
    await client.query("DROP SCHEMA large CASCADE");
    yield* crowd(meshOf, client);
    await small.close();
    let schemas = 0;
    const open = (): PostgresStorage =>
      new PostgresStorage({
        connectionString: server.url,
        schema: `queues_${schemas++}`,
        connections: 4,
      });
    // As autovacuum does.
    yield* queues(open, () => client.query("VACUUM"));
    await client.end();
    await server.stop();
  },
};

/** A busy tenant among many others. */
async function* crowd(
  meshOf: (schema: string, tenant?: string) => ContextMesh,
  client: pg.Client,
): AsyncGenerator<Figure> {
  const [alone, beside] = [meshOf("alone"), meshOf("crowded")];
  await fill(alone, SMALL, VISIBLE);
  await fill(beside, SMALL, VISIBLE);
  await others(meshOf, client, "crowded");
  const names = TENANTS.toLocaleString("en");
  yield {
    name: `getAll of ${VISIBLE} visible, beside ${names} tenants`,
    baseline: "alone",
    within: 1.3,
    times: 100,
    ours: repeat(() => beside.agent("Reader").getAll()),
    against: repeat(() => alone.agent("Reader").getAll()),
  };
  let [a, b] = [0, 0];
  yield {
    name: `push, beside ${names} tenants`,
    baseline: "alone",
    within: 1.3,
    times: 200,
    ours: repeat(() => beside.system.push(`new:${a}`, sample(a++), { topics: ["common"] })),
    against: repeat(() => alone.system.push(`new:${b}`, sample(b++), { topics: ["common"] })),
  };
  await alone.close();
  await beside.close();
}

/** Copies a small tenant a number of times. */
async function others(
  meshOf: (schema: string, tenant?: string) => ContextMesh,
  client: pg.Client,
  schema: string,
): Promise<void> {
  const mesh = meshOf(schema, "other");
  await mesh.agent("Reader").subscribe(["rare"]);
  for (let i = 0; i < 10; i++)
    await mesh.system.push(sampleKey(i), sample(i), { topics: ["rare", "common"] });
  await mesh.close();
  for (const table of TABLES) {
    const { rows } = await client.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`,
      [schema, table],
    );
    const column = table === "tenant" ? "name" : "tenant";
    const names = rows.map(({ name }) => name).filter((name) => name !== column);
    await client.query(
      `INSERT INTO ${schema}.${table} (${column}, ${names.join(", ")})
       SELECT 'other ' || n, ${names.map((name) => `t.${name}`).join(", ")}
       FROM ${schema}.${table} t CROSS JOIN generate_series(1, ${TENANTS}) n WHERE t.${column} = 'other'`,
    );
  }
  await client.query("ANALYZE");
}

const TABLES = [
  "tenant",
  "item",
  "item_audience",
  "queue",
  "topic",
  "agent",
  "subscription",
  "event",
  "log",
] as const;

async function readAll(mesh: ContextMesh, times: number): Promise<void> {
  const reader = mesh.agent("Reader");
  for (let i = 0; i < times; i++) {
    await reader.subscribe(["rare"]);
    await reader.push("warm", i, { topics: ["rare"] });
    await reader.keys();
    await reader.getAll();
  }
  await reader.delete("warm");
}
