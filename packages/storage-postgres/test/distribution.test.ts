import { migrationSql, PostgresStorage } from "@syntha/storage-postgres";
import { describe, expect, it } from "vitest";
import { checkCitus } from "../src/connection/check-citus.ts";
import { checkVersion } from "../src/connection/check-server.ts";
import { describeServer } from "../src/connection/server.ts";
import { MIGRATIONS } from "../src/migrations/index.ts";
import { TENANT_COLUMNS } from "../src/tables/tenant-rows.ts";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";

const url = "postgres://app@localhost/product";
const script = (shards: number) => migrationSql({ distribute: { shards } });

describe("the script that distributes the tables", () => {
  it("distributes every table with rows of tenants by the tenant, the first one first", () => {
    const calls = [...script(8).matchAll(/create_distributed_table\('"syntha"\.(\w+)', '(\w+)'/g)];
    expect(calls.map(([, table, column]) => [table, column])).toEqual(
      Object.entries(TENANT_COLUMNS),
    );
    expect(calls[0]?.[1]).toBe("tenant");
  });

  it("puts all rows of a tenant on one worker, and the ledger on every node", () => {
    expect(script(8).match(/colocate_with => '"syntha"\.tenant'/g)).toHaveLength(
      Object.keys(TENANT_COLUMNS).length - 1,
    );
    expect(script(8)).toContain(`create_reference_table('"syntha".migration')`);
  });

  it("sets the number of shards only if one is given", () => {
    expect(script(8)).toContain("shard_count => 8");
    expect(migrationSql({ distribute: true })).not.toContain("shard_count");
  });

  it("creates nothing when only the distribution is missing", () => {
    const sql = migrationSql({ from: MIGRATIONS.length, distribute: true });
    expect(sql).not.toContain('CREATE TABLE "syntha"');
    expect(sql.match(/^(BEGIN|COMMIT);$/gm)).toEqual(["BEGIN;", "COMMIT;"]);
  });

  it("is left out by default", () => {
    expect(migrationSql()).toBe(migrationSql({ distribute: false }));
    expect(migrationSql()).not.toContain("distributed");
  });

  it("quotes names in names and in text", () => {
    const sql = migrationSql({ schema: `a"b'c`, distribute: true });
    expect(sql).toContain(`create_distributed_table('"a""b''c".tenant'`);
  });
});

it.each([0, -1, 1.5, 64_001, Number.NaN, "8" as never])("refuses %s shards", (shards) => {
  const expected = expect.objectContaining({
    code: "INVALID_ARGUMENTS",
    details: { path: "distribute.shards" },
  });
  expect(() => script(shards)).toThrow(expected);
  expect(() => new PostgresStorage({ connectionString: url, distribute: { shards } })).toThrow(
    expected,
  );
});

it("refuses an unknown option of the distribution", () => {
  const distribute = { shard: 8 } as never;
  expect(() => migrationSql({ distribute })).toThrow(/`?shard`?/);
});

it.each([true, false])(
  "refuses to distribute tables without Citus (migrate: %s)",
  async (migrate) => {
    const place = await ownSchema();
    const opening = newStorage({ ...place, migrate, distribute: true }).open();
    await expect(opening).rejects.toMatchObject({
      code: "MISCONFIGURED",
      message: expect.stringMatching(/requires the extension citus.*PostgreSQL \d+/),
      hint: expect.stringContaining("CREATE EXTENSION citus"),
    });
  },
);

describe("the name and version of a server", () => {
  it("is known once the storage is open", async () => {
    const storage = newStorage(await ownSchema());
    expect(storage.traits.server).toBeUndefined();
    await storage.open();
    expect(storage.traits.server).toEqual({
      version: expect.stringMatching(/^PostgreSQL \d+/),
      isTested: true,
    });
  });

  const NAMES: [string, string][] = [
    ["PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu", "PostgreSQL 15.18"],
    ["PostgreSQL 18.4 on aarch64-apple-darwin, compiled by clang", "PostgreSQL 18.4"],
    ["PostgreSQL 19devel on x86_64-pc-linux-gnu", "PostgreSQL 19devel"],
    ["PostgreSQL 19beta2 on x86_64-pc-linux-gnu", "PostgreSQL 19beta2"],
  ];
  it.each(NAMES)("is read from %s", (text, version) => {
    expect(describeServer(text, null)).toEqual({ version, isTested: true });
  });

  it("has the version of Citus", () => {
    const server = describeServer("PostgreSQL 15.18 on x86_64-pc-linux-gnu", "13.2-1");
    expect(server).toEqual({ version: "PostgreSQL 15.18, Citus 13.2-1", isTested: true });
  });

  it.each([
    "CockroachDB CCL v25.1.0 (x86_64-pc-linux-gnu, built 2025/02/10)",
    "PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu",
    "PostgreSQL 13.0.0 on Materialize v26.0.0",
  ])("is reported as it is for another server: %s", (version) => {
    expect(describeServer(version, null)).toEqual({ version, isTested: false });
  });

  it("is what an error about an old version says", () => {
    expect(() => checkVersion(90_500, "Some Engine 4.1")).toThrow(
      "Some Engine 4.1 is not supported",
    );
    expect(() => checkVersion(120_001, "PostgreSQL 12.1")).toThrow(
      "PostgreSQL 12 is not supported",
    );
  });
});

it.each(["9.5-1", "10.2-4", "11.0-4", "11.1-1"])("refuses Citus %s", (citus) => {
  expect(() => checkCitus({ citus, version: "" })).toThrow(
    expect.objectContaining({ code: "STORAGE_MISMATCH" }),
  );
});

it.each(["11.2-1", "11.3-1", "12.1-1", "13.2-1", "14.0-1"])("accepts Citus %s", (citus) => {
  expect(() => checkCitus({ citus, version: "" })).not.toThrow();
});

it("opens tables without a distribution as before", async () => {
  const storage = await openStorage({ ...(await ownSchema()), distribute: false });
  expect(await storage.stats("acme")).toMatchObject({ items: 0 });
});
