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

/** A value of each type of parameter; lists have several, as those of an agent with several topics do. */
const SAMPLES = new Map([
  ["text", "'1'"],
  ["bigint", "1"],
  ["boolean", "true"],
  ["text[]", `'{"1","2","3"}'`],
  ["bigint[]", "'{1,2,3}'"],
  ["boolean[]", "'{true,false,true}'"],
]);

const SCHEMA = "routing";
/** They are about all tenants, or none. */
const OTHERS = ["tenants.names", "tenants.heads", "tenants.clock"];
const STATEMENTS = statementsOf(tablesOf(SCHEMA)).filter(([name]) => !OTHERS.includes(name));

/** Statements that almost every call executes, and that Citus plans without the planner of PostgreSQL. */
const FAST = [
  "tenants.find",
  "tenants.lock",
  "tenants.update",
  "facts.clock",
  "facts.topics",
  "facts.agents",
  "facts.pairs",
  "items.byKeys",
  "items.nextExpiry",
  "items.update.one",
  "subscriptions.topicsOf",
];

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

  async function explain({ text }: Statement): Promise<string> {
    const own = text.replaceAll(`"${SCHEMA}".`, `"${schema}".`);
    await client.query(`PREPARE each AS ${own}`);
    try {
      const prepared = await client.query<{ type: string }>(
        "SELECT unnest(parameter_types)::text AS type FROM pg_prepared_statements WHERE name = 'each'",
      );
      const values = prepared.rows.map(({ type }) => SAMPLES.get(type));
      const { rows } = await client.query(`EXPLAIN EXECUTE each(${values.join(", ")})`);
      return rows.map((line) => line["QUERY PLAN"]).join("\n");
    } finally {
      await client.query("DEALLOCATE each");
    }
  }

  it.for(STATEMENTS)("are executed by one worker: %s", async ([, statement]) => {
    const plan = await explain(statement);
    expect(plan).toContain("Task Count: 1");
    expect(plan).not.toMatch(/Distributed Subplan|INSERT ... SELECT method/);
  });

  it.for(FAST)("are planned by Citus alone: %s", async (name) => {
    const [, statement] = STATEMENTS.find(([each]) => each === name) as [string, Statement];
    const messages: (string | undefined)[] = [];
    const listen = ({ message }: { message: string | undefined }): number => messages.push(message);
    client.on("notice", listen);
    await client.query("SET client_min_messages TO debug2");
    await explain(statement);
    await client.query("RESET client_min_messages");
    client.off("notice", listen);
    expect(messages).toContainEqual(expect.stringContaining("fast-path router query"));
  });
});
