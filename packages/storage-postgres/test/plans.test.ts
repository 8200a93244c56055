import { PostgresStorage } from "@syntha/storage-postgres";
import type { FreshSchema } from "@syntha/testing-postgres";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import type { Statement } from "../src/connection/statement.ts";
import { sessionSettings } from "../src/connection/session-settings.ts";
import { toSettings } from "../src/settings.ts";

import { tablesOf } from "../src/tables/index.ts";

const SCHEMA = "plans";

function statementsOf(sql: object): [string, Statement][] {
  return Object.entries(sql).flatMap(([name, value]): [string, Statement][] => {
    const isStatement = typeof value === "object" && value !== null && "text" in value;
    if (isStatement) return [[name, value as Statement]];
    return statementsOf(value as object).map(([inner, each]) => [`${name}.${inner}`, each]);
  });
}

/** A new schema with the tables of the storage. */
async function emptyTables(): Promise<FreshSchema> {
  const schema = await freshSchema();
  const storage = new PostgresStorage({ connectionString: schema.url, schema: schema.name });
  await storage.open();
  await storage.close();
  return schema;
}

const STATEMENTS = statementsOf(tablesOf(SCHEMA));

// A connection plans a statement once, perhaps while the tables are empty; the plan must suit millions of rows too.
describe("plans of statements, made while the tables are empty", () => {
  const plans = new Map<string, string>();
  let canExplain = false;

  beforeAll(async () => {
    await using schema = await emptyTables();
    const { url: connectionString, name } = schema;
    const client = new pg.Client({ connectionString });
    await client.connect();
    const { rows } = await client.query("SHOW server_version_num");
    // Earlier servers can't explain a statement without values.
    canExplain = Number(rows[0].server_version_num) >= 160_000;
    const { processID } = client as unknown as { processID: number };
    const settings = sessionSettings(toSettings({ connectionString }), processID, 60_000);
    await client.query(settings.statement.text, settings.values as unknown[]);
    for (const [statement, { text }] of canExplain ? STATEMENTS : []) {
      const own = text.replaceAll(`"${SCHEMA}".`, `"${name}".`);
      const { rows: lines } = await client.query(`EXPLAIN (GENERIC_PLAN) ${own}`);
      plans.set(statement, lines.map((line) => line["QUERY PLAN"]).join("\n"));
    }
    await client.end();
  });

  it.for(STATEMENTS.map(([name]) => name))("uses only indexes: %s", (name, { skip }) => {
    if (!canExplain) skip();
    const plan = plans.get(name) ?? "";
    expect(plan).toMatch(/cost=/);
    // Tables are read by an index or by ctid, and joined by one lookup per row.
    expect(plan).not.toMatch(/Seq Scan on (?!pg_)/);
    expect(plan).not.toMatch(/Join Filter|Hash Cond|Merge Cond|Bitmap/);
    // An index condition on the tenant alone reads all of the tenant's rows, unless a LIMIT follows its order.
    const conditions = [...plan.matchAll(/Index Cond: (.*)/g)].map(([, each = ""]) => each);
    const whole = conditions.filter((each) => /^\(+(\w+\.)?tenant = \$1\)+$/.test(each));
    expect(WHOLE.test(name) ? [] : whole).toEqual([]);
  });
});

/** Statements that may read all rows of a tenant, or the first ones. */
const WHOLE = /^(deletions\..*|events\.oldest|rates\.(findUnusedSince|removeUnusedSince))$/;

// Citus plans a statement each time it is executed, by statistics that know of small tenants only until the next ANALYZE.
it("finds the rows to change once when a tenant is expected to have one row", async () => {
  await using schema = await emptyTables();
  const { url: connectionString, name } = schema;
  const rows = (tenants: string, count: number): string =>
    `INSERT INTO "${name}".log (tenant, position, idx, commit_id, at, type, key, detail, value)
     SELECT ${tenants}, n, 0, n, 0, 'push', 'key ' || n, '{}', 'v' FROM generate_series(1, ${count}) n;
     INSERT INTO "${name}".item_dependency (tenant, dependency, key)
     SELECT ${tenants}, 'key ' || n, 'key ' || n FROM generate_series(1, ${count}) n`;
  const keys = Array.from({ length: 100 }, (_, at) => `key ${at + 1}`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(rows("'small ' || n", 1_000));
  await client.query(`ANALYZE "${name}".log, "${name}".item_dependency`);
  await client.query(rows("'large'", 200));
  await client.query("SET plan_cache_mode TO 'force_custom_plan'");
  const { log, dependencies } = tablesOf(name);
  const loops: number[] = [];
  for (const [{ text }, ...values] of [
    [log.scrub, "large", keys, 1_000],
    [dependencies.remove, "large", keys, keys],
  ] as const) {
    const explain = `EXPLAIN (ANALYZE, TIMING OFF) ${text}`;
    const { rows: lines } = await client.query(explain, [...values]);
    const plan = lines.map((line) => line["QUERY PLAN"]).join("\n");
    loops.push(...[...plan.matchAll(/loops=(\d+)/g)].map(([, count]) => Number(count)));
  }
  await client.end();
  // One lookup for each key, and at most a pass over what they found for each row of the tenant.
  expect(Math.max(...loops)).toBeLessThanOrEqual(200);
});
