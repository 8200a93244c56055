import { ContextMesh } from "@syntha/core";
import { migrationSql, PostgresStorage, rowLevelSecuritySql } from "@syntha/storage-postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statementsOf } from "../../src/migrations/migration-sql.ts";
import { citusSchema, citusUrl, hasCitus, SHARDS } from "../support/citus.ts";
import { newStorage } from "../support/open-storage.ts";
import { query } from "../support/query.ts";

/** Citus creates a role on all nodes. */
const ROLE = `syntha_test_citus_${process.pid}`;

/** Tables of the superuser, distributed, and a storage of a role that owns nothing. */
async function secured() {
  const place = citusSchema();
  const script = migrationSql({ schema: place.schema, distribute: { shards: SHARDS } });
  const policies = rowLevelSecuritySql({ schema: place.schema, role: ROLE });
  await query(citusUrl(), script, ...statementsOf(policies));
  const own = new URL(citusUrl());
  own.username = ROLE;
  own.password = "secret";
  return { ...place, role: own.href };
}

describe.skipIf(!hasCitus)("row level security on workers", () => {
  beforeAll(() => query(citusUrl(), `CREATE ROLE ${ROLE} LOGIN PASSWORD 'secret'`));
  afterAll(() => query(citusUrl(), `DROP ROLE ${ROLE}`));

  it("lets a role that owns nothing use its tenant only", async () => {
    const { schema, role } = await secured();
    const storage = newStorage({ connectionString: role, schema, rowLevelSecurity: true });
    const mesh = (tenantId: string) => new ContextMesh({ tenantId, storage });
    const [acme, other] = [mesh("acme"), mesh("it's \\ other")];
    for (const each of [acme, other]) {
      const [ann, bea] = [each.agent("Ann"), each.agent("Bea")];
      await bea.subscribe(["work"]);
      await ann.push("task", each.tenantId, { topics: ["work"], ttl: "1h" });
      expect(await bea.getAll()).toEqual({ task: each.tenantId });
      const lease = await bea.claim({ topic: "work" });
      await lease?.complete("done", { events: [{ type: "done", data: 1, topics: ["work"] }] });
      expect(await ann.get("task")).toBe("done");
      await each.deleteTopic("work");
      await each.compact();
    }
    await acme.close();
    await other.close();
  });

  it("hides other tenants from a transaction that asks for all rows", async () => {
    const { schema, role, connectionString } = await secured();
    const owner = new PostgresStorage({ connectionString, schema });
    for (const tenantId of ["acme", "other"]) {
      const mesh = new ContextMesh({ tenantId, storage: owner });
      await mesh.system.push("k", tenantId, { global: true });
    }
    await owner.close();
    const client = new pg.Client({ connectionString: role });
    await client.connect();
    const rows = `SELECT tenant, value FROM ${schema}.item`;
    expect((await client.query(rows)).rows).toEqual([]);
    await client.query("BEGIN");
    await client.query("SET LOCAL citus.propagate_set_commands TO 'local'");
    await client.query("SET LOCAL syntha.tenant TO 'acme'");
    expect((await client.query(rows)).rows).toEqual([{ tenant: "acme", value: '"acme"' }]);
    await client.query("ROLLBACK");
    await client.end();
  });
});
