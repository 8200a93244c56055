import { ContextMesh, isSynthaError, MemoryStorage, TenantRegistry } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { SynthaStore, type SynthaStoreOptions } from "../../src/store/index.ts";
import { closeStores, openMesh, sqliteFile, storeOn } from "./stores.ts";

afterAll(closeStores);

describe("the audience of a store's items", () => {
  it("is its agent and the subscribers of its topic", async () => {
    const mesh = openMesh();
    const ada = new SynthaStore(mesh.agent("Ada"));
    const bob = new SynthaStore(mesh.agent("Bob"));
    await ada.put(["notes"], "k", { by: "Ada" });
    expect(await ada.get(["notes"], "k")).toMatchObject({ value: { by: "Ada" } });
    expect(await bob.get(["notes"], "k")).toBeNull();
    expect(await bob.search([])).toEqual([]);
    expect(await bob.listNamespaces()).toEqual([]);
    const taken = bob.put(["notes"], "k", { by: "Bob" });
    await expect(taken).rejects.toMatchObject({ code: "KEY_TAKEN" });

    await mesh.agent("Bob").subscribe(["store"]);
    expect(await bob.get(["notes"], "k")).toMatchObject({ value: { by: "Ada" } });
    await bob.put(["notes"], "k", { by: "Bob" });
    expect(await ada.get(["notes"], "k")).toMatchObject({ value: { by: "Bob" } });
    await expect(bob.delete(["notes"], "k")).rejects.toMatchObject({ code: "NOT_OWNER" });
  });

  it("can be any route of the mesh", async () => {
    const mesh = openMesh();
    const route = { topics: ["support"] };
    const store = new SynthaStore(mesh.system, { prefix: "memory/", route });
    await mesh.agent("Triage").subscribe(["support"]);
    await store.put(["users", "ada"], "drink", { likes: "tea" });
    expect(await mesh.agent("Triage").getAll({ topics: ["support"] })).toEqual({
      "memory/users/ada//drink": { likes: "tea" },
    });
    expect(await mesh.agent("Other").getAll()).toEqual({});
  });

  it("is limited by the agent's permissions", async () => {
    const mesh = openMesh();
    await mesh.setPermissions("Ada", { post: ["sales"] });
    const put = new SynthaStore(mesh.agent("Ada")).put(["a"], "k", {});
    await expect(put).rejects.toMatchObject({ code: "FORBIDDEN" });
    await new SynthaStore(mesh.agent("Ada"), { route: { topics: ["sales"] } }).put(["a"], "k", {});
    expect(await mesh.system.keys()).toEqual(["store/a//k"]);
  });

  it("is within one tenant", async () => {
    const tenants = new TenantRegistry({ storage: new SqliteStorage({ path: sqliteFile() }) });
    onTestFinished(() => tenants.close());
    const [acme, other] = ["acme", "other"].map(
      (name) => new SynthaStore(tenants.mesh(name).system),
    );
    await acme?.put(["users"], "ada", { of: "acme" });
    await other?.put(["users"], "bob", { of: "other" });
    expect(await acme?.search([])).toMatchObject([{ key: "ada", value: { of: "acme" } }]);
    expect(await other?.listNamespaces()).toEqual([["users"]]);
    await tenants.drop("acme");
    expect(await other?.get(["users"], "bob")).toMatchObject({ value: { of: "other" } });
  });
});

describe("a batch", () => {
  it("is written in one commit, or not at all", async () => {
    const mesh = openMesh();
    const store = new SynthaStore(mesh.system);
    const put = (key: string, value: object) => ({ namespace: ["a"], key, value });
    await store.batch([put("1", {}), put("2", {}), put("3", {})]);
    const { items } = await mesh.system.list();
    expect(new Set(items.map(({ revision }) => revision)).size).toBe(1);
    const bad = store.batch([put("4", {}), put("5", { at: new Date() })]);
    await expect(bad).rejects.toMatchObject({ code: "INVALID_VALUE" });
    expect(await mesh.system.keys()).toHaveLength(3);
  });

  it("is checked completely before its first operation", async () => {
    const mesh = openMesh();
    const store = new SynthaStore(mesh.system);
    const batch = [
      { namespacePrefix: ["a"], filter: { n: { $gt: 1 } } },
      { namespace: ["a"], key: "k", value: {} },
      { namespacePrefix: ["a"], filter: { n: { $near: 1 } } },
    ];
    await expect(store.batch(batch)).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    expect(await mesh.system.keys()).toEqual([]);
  });

  it("copies addresses and values when it is called", async () => {
    const store = await storeOn("SQLite");
    const [namespace, value] = [["tenant-1"], { n: 1 }];
    const put = store.put(namespace, "k", value);
    namespace[0] = "tenant-2";
    value.n = 2;
    await put;
    expect(await store.search([])).toMatchObject([{ namespace: ["tenant-1"], value: { n: 1 } }]);

    const batch = [{ namespace: ["tenant-1"], key: "k" }];
    const got = store.batch(batch);
    (batch[0]?.namespace ?? [])[0] = "tenant-2";
    expect(await got).toMatchObject([{ namespace: ["tenant-1"] }]);

    const below = ["tenant-1"];
    await store.put(["tenant-2"], "k", {});
    const found = store.search(below, { filter: { n: 1 } });
    const listed = store.listNamespaces({ prefix: below });
    below[0] = "tenant-2";
    expect(await found).toMatchObject([{ namespace: ["tenant-1"] }]);
    expect(await listed).toEqual([["tenant-1"]]);
  });

  it("reads more keys than one read of the mesh accepts", async () => {
    const store = await storeOn("memory");
    const address = (i: number) => ({ namespace: ["n"], key: `${i}` });
    const numbers = Array.from({ length: 2_500 }, (_, i) => i);
    await store.batch(numbers.map((i) => ({ ...address(i), value: { i } })));
    const items = await store.batch(numbers.map(address));
    expect(items.map((item) => (item as { value: Record<string, number> }).value["i"])).toEqual(
      numbers,
    );
    const found = await store.search(["n"], { limit: Number.POSITIVE_INFINITY });
    expect(found).toHaveLength(2_500);
    expect(await store.search(["n"], { offset: 2_400, limit: 200 })).toHaveLength(100);
    expect(
      await store.search(["n"], { filter: { i: { $gte: 2_000 } }, limit: 1_000 }),
    ).toHaveLength(500);
  });
});

describe("time to live", () => {
  const timed = (options: SynthaStoreOptions) => {
    const clock = manualClock();
    const mesh = openMesh({ storage: new MemoryStorage({ clock }), sweepEvery: false });
    return { clock, mesh, store: new SynthaStore(mesh.system, options) };
  };

  it("is unlimited by default", async () => {
    const { clock, store } = timed({});
    await store.put(["a"], "stays", {});
    await store.put(["a"], "goes", {}, undefined, { ttl: "1h" });
    clock.advance("59m");
    expect(await store.search(["a"])).toHaveLength(2);
    clock.advance("1m");
    expect(await store.get(["a"], "goes")).toBeNull();
    expect(await store.search(["a"])).toMatchObject([{ key: "stays" }]);
  });

  it("restarts with each put, but not with reads", async () => {
    const { clock, store } = timed({ ttl: "1h" });
    await store.put(["a"], "k", { n: 1 });
    clock.advance("50m");
    await store.get(["a"], "k");
    await store.put(["a"], "other", {}, undefined, { ttl: "2h" });
    clock.advance("10m");
    expect(await store.get(["a"], "k")).toBeNull();
    expect(await store.listNamespaces()).toEqual([["a"]]);
    clock.advance("2h");
    expect(await store.listNamespaces()).toEqual([]);
  });

  it("restarts with each read under refreshOnRead", async () => {
    const { clock, mesh, store } = timed({ ttl: "1h", refreshOnRead: true });
    await store.put(["a"], "got", {});
    await store.put(["a"], "short", {}, undefined, { ttl: "10m" });
    await store.put(["b"], "unread", {});
    for (let i = 0; i < 3; i++) {
      clock.advance("9m");
      expect(await store.search(["a"])).toHaveLength(2);
    }
    clock.advance("50m");
    expect(await store.search([])).toMatchObject([{ key: "got" }]);
    // An agent that may not write can still read.
    await mesh.setPermissions("Reader", { subscribe: ["store"] });
    await mesh.agent("Reader").subscribe(["store"]);
    const reader = new SynthaStore(mesh.agent("Reader"), { refreshOnRead: true });
    expect(await reader.get(["a"], "got")).toMatchObject({ key: "got" });
  });

  it("does not restart for a claimed item", async () => {
    const { mesh, store } = timed({ ttl: "1h", refreshOnRead: true });
    await store.put(["a"], "k", { job: 1 });
    const lease = await mesh.system.claim({ key: "store/a//k" });
    await store.get(["a"], "k");
    await expect(lease?.complete()).resolves.toBeDefined();
  });
});

describe("durability", () => {
  it("keeps items in a SQLite file", async () => {
    const path = sqliteFile();
    const first = new ContextMesh({ storage: new SqliteStorage({ path }) });
    await new SynthaStore(first.system).put(["users", "ada"], "drink", { likes: "tea" });
    await first.close();
    const second = openMesh({ storage: new SqliteStorage({ path }) });
    const item = await new SynthaStore(second.system).get(["users", "ada"], "drink");
    expect(item).toMatchObject({ value: { likes: "tea" } });
  });

  it("shares one file between two meshes", async () => {
    const path = sqliteFile();
    const [a, b] = [1, 2].map(
      () => new SynthaStore(openMesh({ storage: new SqliteStorage({ path }) }).system),
    );
    await a?.put(["n"], "k", { from: "a" });
    expect(await b?.get(["n"], "k")).toMatchObject({ value: { from: "a" } });
    await b?.put(["n"], "k", { from: "b" });
    expect(await a?.search(["n"])).toMatchObject([{ value: { from: "b" } }]);
  });
});

describe("errors", () => {
  it("refuse semantic search", async () => {
    const search = (await storeOn("memory")).search(["a"], { query: "what does Ada drink?" });
    await expect(search).rejects.toSatisfy(
      (error) => isSynthaError(error, "INVALID_ARGUMENTS") && error.hint.includes("filter"),
    );
  });

  it.for<[string, unknown]>([
    ["an empty prefix", { prefix: "" }],
    ["a number as time to live", { ttl: 60 }],
    ["an invalid refreshOnRead", { refreshOnRead: "yes" }],
  ])("refuse %s", async ([, options]) => {
    const open = () => new SynthaStore(openMesh().system, options as SynthaStoreOptions);
    expect(open).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENTS" }));
  });

  it.for<[string, object]>([
    ["limit", { limit: -1 }],
    ["offset", { offset: 1.5 }],
    ["filter.n", { filter: { n: { $regex: "a" } } }],
    ["filter.$or", { filter: { $or: [{ n: 1 }, { n: 2 }] } }],
  ])("name the invalid option of a search: %s", async ([path, options]) => {
    const search = (await storeOn("memory")).search(["a"], options);
    await expect(search).rejects.toMatchObject({ code: "INVALID_ARGUMENTS", details: { path } });
  });

  it("refuse a put with a number as time to live", async () => {
    const store = await storeOn("memory");
    const put = store.put(["a"], "k", {}, undefined, { ttl: 60 as never });
    const error = { code: "INVALID_ARGUMENTS", details: { path: "ttl" } };
    await expect(put).rejects.toMatchObject(error);
    expect(await store.get(["a"], "k")).toBeNull();
  });

  it("refuse keys and values that are too large", async () => {
    const store = await storeOn("memory");
    const large = { text: "x".repeat(300_000) };
    for (const put of [store.put(["a"], "k".repeat(300), {}), store.put(["a"], "k", large)])
      await expect(put).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});
