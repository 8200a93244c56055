import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { expect, it } from "vitest";
import { call, prepared, quotedName } from "../src/connection/statement.ts";
import { tablesOf } from "../src/tables/index.ts";
import { combineStatements } from "../src/writes/combined-statements.ts";
import { query } from "./support/query.ts";
import { atTestEnd } from "./support/test-end.ts";

it("combines statements with long values as those with short ones, also once it knows many others", () => {
  const tables = tablesOf('"mine"');
  const write = (n: number, value: string) =>
    combineStatements(tables, [
      call(prepared(`INSERT INTO a${n} VALUES ($1, $2::text)`), "acme", value),
      call(prepared(`INSERT INTO b${n} VALUES ($1, $2::text)`), "acme", value),
    ]);
  for (let n = 0; n < 100; n++) write(n, "short");
  expect(write(0, "short")).toHaveLength(1);
  expect(write(0, "long".repeat(2_000))).toHaveLength(1);
});

it("writes to a schema whose name has quotation marks and looks like parameters", async () => {
  const [connectionString, { name }] = await Promise.all([postgresUrl(), freshSchema()]);
  const schema = `${name} "$2" $3`;
  const storage = new PostgresStorage({ connectionString, schema });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  atTestEnd(() => query(connectionString, `DROP SCHEMA ${quotedName(schema)} CASCADE`));
  atTestEnd(() => mesh.close());
  await mesh.system.push("task", 1, { topics: ["work"] });
  expect((await mesh.system.claim({ topic: "work" }))?.key).toBe("task");
});
