import { character } from "@syntha/testing-random/character";
import fc from "fast-check";
import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { PostgresStore } from "@langchain/langgraph-checkpoint-postgres/store";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { SynthaStore } from "../../src/store/index.ts";
import { fromMeshKey, toMeshKey, toMeshPrefix } from "../../src/store/item-key.ts";
import { closeStores, openMesh, KINDS, storeOn } from "./stores.ts";

afterAll(closeStores);

const HOSTILE = [
  ["%", "_", "*", "/", "//", "\\", "%25", "%002F", "%2F", "'", '"', ";--", " ", "\u200b"],
  ["\u202e", "..", ".", "", "\0", "\uD83D", "\uDE00", "😀", "é", "é", "store/", "tenant-1"],
  ["tenant-10", "[a]", "^$", "__proto__"],
].flat();

const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: character }), fc.string());
const namespaceOf = (part: fc.Arbitrary<string>) =>
  fc.array(
    part.filter((one) => one !== ""),
    { minLength: 1, maxLength: 4 },
  );

describe("a mesh key", () => {
  const address = fc.record({ namespace: namespaceOf(hostile), key: hostile });

  it("is unique for each address and converts back", () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        const keys = [toMeshKey("store/", a), toMeshKey("store/", b)];
        expect(fromMeshKey("store/", keys[0] as string)).toEqual(a);
        expect(keys[0] === keys[1]).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(keys[0]).toSatisfy((key: string) => key.isWellFormed() && !key.includes("\0"));
      }),
      { numRuns: 5_000, verbose: true },
    );
  });

  it("starts with the prefixes of exactly its namespaces", () => {
    fc.assert(
      fc.property(namespaceOf(hostile), address, (namespace, item) => {
        const isBelow = namespace.every((label, i) => label === item.namespace[i]);
        const startsWith = toMeshKey("store/", item).startsWith(toMeshPrefix("store/", namespace));
        expect(startsWith).toBe(isBelow);
      }),
      { numRuns: 5_000, verbose: true },
    );
  });

  it.for([
    "store/",
    "store/a",
    "store//k",
    "store///k",
    "store//a//k",
    "store/a/%/k",
    "store/%0061//k",
    "store/a//%006B",
    "other/a//k",
  ])("does not belong to the store: %s", (key) => {
    expect(fromMeshKey("store/", key)).toBeUndefined();
  });
});

describe.for(KINDS)("a namespace on %s", (kind) => {
  const alike = [
    "tenant-1",
    "tenant-10",
    "tenant-1 ",
    "tenant-%",
    "tenant-_",
    "tenant-*",
    "Tenant-1",
  ];
  const others = ["*", "%", "_", "a/b", "a//b", "a\\b", "a", "\u200b", " "];
  const below = [
    ["tenant-1/", "x"],
    ["a", "b"],
    ["a", "b "],
  ];
  const siblings = [...[...alike, ...others].map((label) => [label]), ...below];

  it("is separate from its siblings in searches", async () => {
    const store = await storeOn(kind);
    for (const namespace of siblings) await store.put(namespace, "k", { of: namespace });
    for (const namespace of siblings) {
      const below = siblings.filter((one) => namespace.every((label, i) => label === one[i]));
      const found = await store.search(namespace, { limit: 100 });
      const sorted = (lists: string[][]) => lists.map((one) => JSON.stringify(one)).toSorted();
      expect(sorted(found.map(({ value }) => value["of"] as string[]))).toEqual(sorted(below));
    }
    expect(await store.listNamespaces({ prefix: ["tenant-1"] })).toEqual([["tenant-1"]]);
    expect(await store.listNamespaces({ prefix: ["%"] })).toEqual([["%"]]);
    // Here `*` matches one label, as LangGraph documents.
    expect(await store.listNamespaces({ prefix: ["a", "*"] })).toHaveLength(2);
  });

  it("is separate from its siblings in deletions", async () => {
    const store = await storeOn(kind);
    for (const namespace of siblings) await store.put(namespace, "k", {});
    for (const [i, namespace] of siblings.entries()) {
      await store.delete(namespace, "k");
      expect(await store.listNamespaces({})).toHaveLength(siblings.length - i - 1);
    }
  });
});

it("separates namespaces that PostgresStore mixes up by prefix", async () => {
  const [url, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  onTestFinished(() => schema.drop());
  const reference = PostgresStore.fromConnString(url, { schema: schema.name });
  await reference.setup();
  const store = await storeOn("Postgres");
  for (const each of [reference, store]) {
    await each.put(["tenant-1"], "k", {});
    await each.put(["tenant-10"], "k", {});
  }
  expect(await reference.search(["tenant-1"])).toHaveLength(2);
  expect(await store.search(["tenant-1"])).toHaveLength(1);
  await reference.stop();
});

it("separates addresses that InMemoryStore mixes up in a batch", async () => {
  const puts = [
    { namespace: ["a"], key: "b:c", value: { n: 1 } },
    { namespace: ["a", "b"], key: "c", value: { n: 2 } },
  ];
  const [reference, store] = [new InMemoryStore(), await storeOn("memory")];
  for (const each of [reference, store]) await each.batch(puts);
  expect(await reference.get(["a"], "b:c")).toBeNull();
  expect(await store.get(["a"], "b:c")).toMatchObject({ value: { n: 1 } });
});

it("returns copies, unlike InMemoryStore", async () => {
  const [reference, store] = [new InMemoryStore(), await storeOn("memory")];
  for (const each of [reference, store]) {
    await each.put(["a"], "k", { list: [1] });
    (await each.get(["a"], "k"))?.value["list"].push(2);
  }
  expect((await reference.get(["a"], "k"))?.value).toEqual({ list: [1, 2] });
  expect((await store.get(["a"], "k"))?.value).toEqual({ list: [1] });
});

it("does not list empty namespaces, unlike InMemoryStore", async () => {
  const [reference, store] = [new InMemoryStore(), await storeOn("memory")];
  for (const each of [reference, store]) {
    await each.put(["a"], "k", {});
    await each.delete(["a"], "k");
  }
  expect(await reference.listNamespaces({})).toEqual([["a"]]);
  expect(await store.listNamespaces({})).toEqual([]);
});

it("filters by equality of objects and lists, unlike InMemoryStore", async () => {
  const [reference, store] = [new InMemoryStore(), await storeOn("memory")];
  for (const each of [reference, store]) {
    await each.put(["a"], "empty", { at: {} });
    await each.put(["a"], "full", { at: { x: 1, y: [2] } });
  }
  const keys = async (store: InMemoryStore | SynthaStore, at: unknown) =>
    (await store.search(["a"], { filter: { at } })).map(({ key }) => key);
  expect(await keys(reference, {})).toEqual(["empty", "full"]);
  expect(await keys(store, {})).toEqual(["empty"]);
  expect(await keys(reference, { y: [2], x: 1 })).toEqual([]);
  expect(await keys(store, { y: [2], x: 1 })).toEqual(["full"]);
  expect(await keys(store, { $in: [{}, 7] })).toEqual(["empty"]);
  expect(await keys(store, { $exists: false })).toEqual([]);
});

it("ignores other keys of the mesh", async () => {
  const mesh = openMesh();
  const store = new SynthaStore(mesh.system);
  await mesh.agent("Triage").pushMany(
    ["store", "store/", "store/a", "store/%0061//k", "inquiry", "store//k"].map((key) => ({
      key,
      value: 1,
      global: true,
    })),
  );
  await store.put(["a"], "k", { own: true });
  expect(await store.search([])).toMatchObject([{ namespace: ["a"], key: "k" }]);
  expect(await store.listNamespaces({})).toEqual([["a"]]);
});
