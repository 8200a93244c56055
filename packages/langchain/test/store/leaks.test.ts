import fc from "fast-check";
import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { PostgresStore } from "@langchain/langgraph-checkpoint-postgres/store";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { describe, expect, it, onTestFinished } from "vitest";
import { SynthaStore } from "../../src/store/index.ts";
import { fromMeshKey, toMeshKey, toMeshPrefix } from "../../src/store/item-key.ts";
import { openMesh, STORAGES, storeOn } from "./stores.ts";

const HOSTILE = [
  "%",
  "_",
  "*",
  "/",
  "//",
  "\\",
  "%25",
  "%002F",
  "%2F",
  "'",
  '"',
  ";--",
  " ",
  "\u200b",
  "\u202e",
  "..",
  ".",
  "",
  "\0",
  "\uD83D",
  "\uDE00",
  "😀",
  "é",
  "é",
  "store/",
  "tenant-1",
  "tenant-10",
  "[a]",
  "^$",
  "__proto__",
];

const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" }), fc.string());
const namespaceOf = (part: fc.Arbitrary<string>) =>
  fc.array(
    part.filter((one) => one !== ""),
    { minLength: 1, maxLength: 4 },
  );

describe("a key of the mesh", () => {
  const address = fc.record({ namespace: namespaceOf(hostile), key: hostile });

  it("is one for each address, and leads back to it, whatever stands in its names", () => {
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

  it("begins with a namespace's prefix when it is in or below it, and only then", () => {
    fc.assert(
      fc.property(namespaceOf(hostile), address, (namespace, item) => {
        const isBelow = namespace.every((label, i) => label === item.namespace[i]);
        const begins = toMeshKey("store/", item).startsWith(toMeshPrefix("store/", namespace));
        expect(begins).toBe(isBelow);
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
  ])("is not taken for one of the store's when it can't be: %s", (key) => {
    expect(fromMeshKey("store/", key)).toBeUndefined();
  });
});

describe.for(Object.keys(STORAGES))("a namespace on %s", (kind) => {
  const siblings = [
    ["tenant-1"],
    ["tenant-10"],
    ["tenant-1 "],
    ["tenant-%"],
    ["tenant-_"],
    ["tenant-*"],
    ["*"],
    ["%"],
    ["_"],
    ["Tenant-1"],
    ["tenant-1/", "x"],
    ["a", "b"],
    ["a/b"],
    ["a//b"],
    ["a\\b"],
    ["a", "b "],
    ["a"],
    ["\u200b"],
    [" "],
  ];

  it("shows what is in and below it, and nothing of its siblings", async () => {
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
    // There `*` stands for one label, as LangGraph documents.
    expect(await store.listNamespaces({ prefix: ["a", "*"] })).toHaveLength(2);
  });

  it("deletes nothing of its siblings", async () => {
    const store = await storeOn(kind);
    for (const namespace of siblings) await store.put(namespace, "k", {});
    for (const [i, namespace] of siblings.entries()) {
      await store.delete(namespace, "k");
      expect(await store.listNamespaces({})).toHaveLength(siblings.length - i - 1);
    }
  });
});

it("keeps apart what PostgresStore takes for one, by the text that a namespace begins with", async () => {
  const [url, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  onTestFinished(() => schema.drop());
  const theirs = PostgresStore.fromConnString(url, { schema: schema.name });
  await theirs.setup();
  const ours = await storeOn("Postgres");
  for (const store of [theirs, ours]) {
    await store.put(["tenant-1"], "k", {});
    await store.put(["tenant-10"], "k", {});
  }
  expect(await theirs.search(["tenant-1"])).toHaveLength(2);
  expect(await ours.search(["tenant-1"])).toHaveLength(1);
  await theirs.stop();
});

it("keeps apart in a batch what InMemoryStore takes for one", async () => {
  const puts = [
    { namespace: ["a"], key: "b:c", value: { n: 1 } },
    { namespace: ["a", "b"], key: "c", value: { n: 2 } },
  ];
  const [theirs, ours] = [new InMemoryStore(), await storeOn("memory")];
  for (const store of [theirs, ours]) await store.batch(puts);
  expect(await theirs.get(["a"], "b:c")).toBeNull();
  expect(await ours.get(["a"], "b:c")).toMatchObject({ value: { n: 1 } });
});

it("gives copies, where InMemoryStore gives the stored object itself", async () => {
  const [theirs, ours] = [new InMemoryStore(), await storeOn("memory")];
  for (const store of [theirs, ours]) {
    await store.put(["a"], "k", { list: [1] });
    (await store.get(["a"], "k"))?.value["list"].push(2);
  }
  expect((await theirs.get(["a"], "k"))?.value).toEqual({ list: [1, 2] });
  expect((await ours.get(["a"], "k"))?.value).toEqual({ list: [1] });
});

it("forgets a namespace with its last item, where InMemoryStore goes on listing it", async () => {
  const [theirs, ours] = [new InMemoryStore(), await storeOn("memory")];
  for (const store of [theirs, ours]) {
    await store.put(["a"], "k", {});
    await store.delete(["a"], "k");
  }
  expect(await theirs.listNamespaces({})).toEqual([["a"]]);
  expect(await ours.listNamespaces({})).toEqual([]);
});

it("finds objects and lists by what they hold, where InMemoryStore finds any for {} and else none", async () => {
  const [theirs, ours] = [new InMemoryStore(), await storeOn("memory")];
  for (const store of [theirs, ours]) {
    await store.put(["a"], "empty", { at: {} });
    await store.put(["a"], "full", { at: { x: 1, y: [2] } });
  }
  const keys = async (store: InMemoryStore | SynthaStore, at: unknown) =>
    (await store.search(["a"], { filter: { at } })).map(({ key }) => key);
  expect(await keys(theirs, {})).toEqual(["empty", "full"]);
  expect(await keys(ours, {})).toEqual(["empty"]);
  expect(await keys(theirs, { y: [2], x: 1 })).toEqual([]);
  expect(await keys(ours, { y: [2], x: 1 })).toEqual(["full"]);
  expect(await keys(ours, { $in: [{}, 7] })).toEqual(["empty"]);
  expect(await keys(ours, { $exists: false })).toEqual([]);
});

it("passes over what others keep in the mesh, also where its own keys would stand", async () => {
  const mesh = openMesh();
  const store = new SynthaStore(mesh.system);
  await mesh.agent("Triage").pushMany(
    ["store", "store/", "store/a", "store/%0061//k", "inquiry", "store//k"].map((key) => ({
      key,
      value: 1,
      global: true,
    })),
  );
  await store.put(["a"], "k", { mine: true });
  expect(await store.search([])).toMatchObject([{ namespace: ["a"], key: "k" }]);
  expect(await store.listNamespaces({})).toEqual([["a"]]);
});
