import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sessionSettings } from "../../src/connection/session-settings.ts";
import type { Statement } from "../../src/connection/statement.ts";
import { toSettings } from "../../src/settings.ts";
import { tablesOf } from "../../src/tables/index.ts";
import { citusUrl, hasCitus, dropCitusSchemas, emptyCitusSchema } from "../support/citus.ts";

function statementsOf(sql: object): [string, Statement][] {
  return Object.entries(sql).flatMap(([name, value]): [string, Statement][] => {
    const isStatement = typeof value === "object" && value !== null && "text" in value;
    if (isStatement) return [[name, value as Statement]];
    return statementsOf(value as object).map(([inner, each]) => [`${name}.${inner}`, each]);
  });
}

/** A value of each type of parameter. */
const SAMPLES = new Map([
  ["text", "'1'"],
  ["bigint", "1"],
  ["boolean", "true"],
  ["text[]", `'{"1"}'`],
  ["bigint[]", "'{1}'"],
  ["boolean[]", "'{true}'"],
]);

const SCHEMA = "routing";
/** They are about all tenants, or none. */
const OTHERS = ["tenants.names", "tenants.heads", "tenants.clock"];
const STATEMENTS = statementsOf(tablesOf(SCHEMA)).filter(([name]) => !OTHERS.includes(name));

describe.skipIf(!hasCitus)("statements on distributed tables", () => {
  let client: pg.Client;
  let schema: string;

  beforeAll(async () => {
    ({ schema } = await emptyCitusSchema());
    client = new pg.Client({ connectionString: citusUrl() });
    await client.connect();
    const settings = toSettings({ connectionString: citusUrl() });
    settings.server.isDistributed = true;
    const { processID } = client as unknown as { processID: number };
    const { statement, values } = sessionSettings(settings, processID, 60_000);
    await client.query(statement.text, values as unknown[]);
  });
  afterAll(async () => {
    await client.end();
    await dropCitusSchemas();
  });

  it.for(STATEMENTS)("are executed by one worker: %s", async ([, { text }]) => {
    const own = text.replaceAll(`"${SCHEMA}".`, `"${schema}".`);
    await client.query(`PREPARE each AS ${own}`);
    try {
      const prepared = await client.query<{ type: string }>(
        "SELECT unnest(parameter_types)::text AS type FROM pg_prepared_statements WHERE name = 'each'",
      );
      const values = prepared.rows.map(({ type }) => SAMPLES.get(type));
      const { rows } = await client.query(`EXPLAIN EXECUTE each(${values.join(", ")})`);
      const plan = rows.map((line) => line["QUERY PLAN"]).join("\n");
      expect(plan).toContain("Task Count: 1");
      expect(plan).not.toMatch(/Distributed Subplan|INSERT ... SELECT method/);
    } finally {
      await client.query("DEALLOCATE each");
    }
  });
});
