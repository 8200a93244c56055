import {
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  federate,
  importTenant,
  MemoryStorage,
  type Storage,
  TenantRegistry,
} from "@syntha/core";
import { describe, expect, it } from "vitest";

/** Each place that takes a storage, by the name of its option. */
const memory = new MemoryStorage();
const PLACES: readonly (readonly [
  place: string,
  option: string,
  use: (given: never) => unknown,
])[] = [
  ["new ContextMesh", "storage", (storage) => new ContextMesh({ storage })],
  ["new TenantRegistry", "storage", (storage) => new TenantRegistry({ storage })],
  ["copyTenant from", "from", (from) => copyTenant({ from, to: memory, tenantId: "a" })],
  ["copyTenant to", "to", (to) => copyTenant({ from: memory, to, tenantId: "a" })],
  ["exportTenant", "storage", (storage) => exportTenant({ storage, tenantId: "a" }).next()],
  ["importTenant", "storage", (storage) => importTenant({ storage, lines: [] })],
  ["compareTenants left", "left", (left) => compareTenants({ left, right: memory, tenantId: "a" })],
  [
    "compareTenants right",
    "right",
    (right) => compareTenants({ left: memory, right, tenantId: "a" }),
  ],
];

/** A storage in memory that lacks one member. */
const without = (name: keyof Storage): unknown =>
  new Proxy(new MemoryStorage(), {
    get: (target, property) => (property === name ? undefined : Reflect.get(target, property)),
  });

const VALUES: readonly (readonly [what: string, value: unknown, said: RegExp])[] = [
  ["a connection string", "postgres://app:secret@db/product", /not a string/],
  ["a path", "sqlite:secret.db", /not a string/],
  ["null", null, /not null/],
  ["options", { path: "secret.db" }, /without the method `open`/],
  ["a storage without `supports`", without("supports"), /without `supports`/],
  [
    "a storage that lacks a method it declares",
    without("load"),
    /without the method `load` that `supports.dump` declares/,
  ],
  ["a class", MemoryStorage, /not a class/],
  ["a promise", Promise.resolve(new MemoryStorage()), /a promise: await it/],
];

describe.for(PLACES)("%s", ([, option, use]) => {
  it.for(VALUES)(
    "refuses %s, so that it can be caught, and does not repeat it",
    async ([, value, said]) => {
      const error: unknown = await Promise.resolve()
        .then(() => use(value as never))
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: "MISCONFIGURED",
        retryable: false,
        message: expect.stringMatching(said),
        hint: expect.stringContaining("new SqliteStorage"),
        details: { path: option },
      });
      expect(JSON.stringify(error)).not.toContain("secret");
    },
  );
});

it("refuses a part of a federation that is not an agent's view", () => {
  const mesh = new ContextMesh();
  expect(() => federate({ mesh: mesh.agent("Ann"), path: "mesh.db" as never })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENTS", details: { path: "path" } }),
  );
});
