import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpanKind } from "@opentelemetry/api";
import { MemoryStorage } from "@syntha/core";
import { storageContract } from "@syntha/storage-contract";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { instrumentStorage } from "@syntha/telemetry";
import { describe, expect, it } from "vitest";
import { instrumented } from "./support/instrumented.ts";
import { startSdk } from "./support/sdk.ts";

const { options } = startSdk({ onLog: undefined });

describe("the storage contract", () => {
  const isFull = process.env["SYNTHA_TESTS"] === "full";
  const scope = isFull ? "all" : "wrapper";
  const runs = isFull ? 25 : 1;
  storageContract({
    name: "instrumented memory",
    scope,
    runs,
    create: async ({ clock }) => ({
      storage: instrumentStorage(new MemoryStorage({ clock }), options),
      cleanup: async () => undefined,
    }),
  });
  storageContract({
    name: "instrumented SQLite",
    scope,
    runs,
    create: async ({ clock }) => {
      const folder = await mkdtemp(join(tmpdir(), "syntha-instrumented-"));
      const open = (): SqliteStorage =>
        new SqliteStorage({ path: join(folder, "mesh.db"), clock, pollEvery: "2ms" });
      return {
        storage: instrumentStorage(open(), options),
        reopen: async () => instrumentStorage(open(), options),
        second: async () => instrumentStorage(open(), options),
        cleanup: () => rm(folder, { recursive: true }),
      };
    },
  });
});

it("records storage calls by the database conventions", async () => {
  const sqlite = new SqliteStorage({ path: ":memory:" });
  const { sdk, mesh } = instrumented({ tenants: "plain" }, sqlite);
  await mesh.system.push("a", 1, { global: true });
  await mesh.system.push("a", 2, { ifRevision: 9 }).catch(() => undefined);
  await mesh.system.get("a");
  await mesh.compact();
  const spans = sdk.spans().filter((span) => "db.system.name" in span.attributes);
  expect(new Set(spans.map(({ kind }) => kind))).toEqual(new Set([SpanKind.CLIENT]));
  const call = (name: string, more: object = {}) => [
    name,
    { "db.system.name": "sqlite", "db.operation.name": name, ...more },
  ];
  const tenant = { "syntha.tenant.id": "acme" };
  expect(spans.map(({ name, attributes }) => [name, attributes])).toEqual([
    call("open"),
    call("commit", tenant),
    call("commit", { ...tenant, "syntha.commit.refused": 1 }),
    call("get", { ...tenant, "db.response.returned_rows": 1 }),
    call("compact", tenant),
  ]);
  const { descriptor, dataPoints } = await sdk.histogram("db.client.operation.duration");
  expect(descriptor.unit).toBe("s");
  expect(dataPoints[1]?.attributes).toEqual(call("commit")[1]);
});

it("refuses a value that is not a storage", () => {
  expect(() => instrumentStorage("sqlite:mesh.db" as never)).toThrow(
    expect.objectContaining({ code: "MISCONFIGURED" }),
  );
});
