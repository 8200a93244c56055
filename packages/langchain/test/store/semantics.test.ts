import { type BaseStore, InMemoryStore, type Operation } from "@langchain/langgraph-checkpoint";
import { afterAll, describe, expect, it } from "vitest";
import { closeStores, KINDS, storeOn } from "./stores.ts";

afterAll(closeStores);

/** The same tests for LangGraph's own store and for a SynthaStore on each storage. */
const STORES: Readonly<Record<string, () => Promise<BaseStore>>> = {
  "LangGraph's InMemoryStore": async () => new InMemoryStore(),
  ...Object.fromEntries(KINDS.map((kind) => [`SynthaStore on ${kind}`, () => storeOn(kind)])),
};

const sorted = (lists: readonly unknown[]) => lists.map((one) => JSON.stringify(one)).toSorted();

describe.for(Object.entries(STORES))("%s", ([, open]) => {
  it("returns values with their times", async () => {
    const store = await open();
    const before = Date.now();
    const value = { text: "likes tea", nested: { list: [1, null, "ü", { a: true }] }, none: null };
    await store.put(["users", "ada"], "drink", value);
    const item = await store.get(["users", "ada"], "drink");
    expect(item).toMatchObject({ namespace: ["users", "ada"], key: "drink", value });
    expect(item?.createdAt).toBeInstanceOf(Date);
    expect(item?.createdAt).toEqual(item?.updatedAt);
    expect(Math.abs(Number(item?.createdAt) - before)).toBeLessThan(60_000);
  });

  it("keeps createdAt and changes updatedAt", async () => {
    const store = await open();
    await store.put(["a"], "k", { n: 1 });
    const first = await store.get(["a"], "k");
    const createdAt = first?.createdAt;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.put(["a"], "k", { n: 2 });
    const second = await store.get(["a"], "k");
    expect(second).toMatchObject({ value: { n: 2 }, createdAt });
    expect(Number(second?.updatedAt)).toBeGreaterThan(Number(createdAt));
  });

  it("returns null for missing items and deletes any", async () => {
    const store = await open();
    expect(await store.get(["a"], "k")).toBeNull();
    await store.put(["a"], "k", { n: 1 });
    await store.delete(["a"], "k");
    await store.delete(["a"], "k");
    expect(await store.get(["a"], "k")).toBeNull();
    expect(await store.search(["a"])).toEqual([]);
  });

  it("accepts any text as a key", async () => {
    const store = await open();
    const keys = [
      "",
      " ",
      "/",
      "//",
      "a//b",
      "a/b",
      "%",
      "%0025",
      "_",
      "*",
      ".",
      "\\",
      ":",
      "\0",
      "\uD800",
      "😀",
      "store/",
      "__proto__",
    ];
    for (const key of keys) await store.put(["a"], key, { key });
    for (const key of keys)
      expect(await store.get(["a"], key)).toMatchObject({ key, value: { key } });
    const found = await store.search(["a"], { limit: 100 });
    expect(sorted(found.map(({ key }) => key))).toEqual(sorted(keys));
  });

  it("searches a namespace and those below it", async () => {
    const store = await open();
    for (const namespace of [["a"], ["a", "b"], ["a", "b", "c"], ["ab"], ["b"]])
      await store.put(namespace, "k", { at: namespace.join() });
    const found = async (namespace: string[]) =>
      sorted((await store.search(namespace)).map(({ namespace: at }) => at));
    expect(await found(["a"])).toEqual(sorted([["a"], ["a", "b"], ["a", "b", "c"]]));
    expect(await found(["a", "b"])).toEqual(
      sorted([
        ["a", "b"],
        ["a", "b", "c"],
      ]),
    );
    expect(await found([])).toHaveLength(5);
    expect(await found(["c"])).toEqual([]);
  });

  it.for<[string, object, number[]]>([
    ["an exact text", { kind: "tea" }, [0, 2]],
    ["an exact number", { size: 10 }, [1]],
    ["null", { note: null }, [0]],
    ["several fields", { kind: "tea", size: 3 }, [2]],
    ["$eq", { kind: { $eq: "tea" } }, [0, 2]],
    ["$ne, also where the field is missing", { size: { $ne: 10 } }, [0, 2, 3]],
    ["$gt", { size: { $gt: 3 } }, [1]],
    ["$gte", { size: { $gte: 3 } }, [1, 2]],
    ["$lt", { size: { $lt: 10 } }, [0, 2]],
    ["$lte", { size: { $lte: 10 } }, [0, 1, 2]],
    ["a range", { size: { $gt: 1, $lt: 5 } }, [2]],
    ["numbers that are text", { code: { $gt: "8" } }, [1]],
    ["$in", { kind: { $in: ["coffee", "milk"] } }, [1, 3]],
    ["$nin", { kind: { $nin: ["tea"] } }, [1, 3]],
    ["$in of what is no list", { kind: { $in: "tea" } }, []],
    ["nothing at all", {}, [0, 1, 2, 3]],
    ["null, which is nothing too", null as never, [0, 1, 2, 3]],
  ])("filters by %s", async ([, filter, expected]) => {
    const store = await open();
    const values = [
      { kind: "tea", size: 1, note: null },
      { kind: "coffee", size: 10, code: "9" },
      { kind: "tea", size: 3, code: "8" },
      { kind: "milk" },
    ];
    for (const [i, value] of values.entries()) await store.put(["drinks"], String(i), value);
    const found = await store.search(["drinks"], { filter });
    expect(sorted(found.map(({ key }) => Number(key)))).toEqual(sorted(expected));
  });

  it("returns each item once over all pages", async () => {
    const store = await open();
    for (let i = 0; i < 25; i++)
      await store.put(["n", `${i % 3}`], `k${i}`, { i, even: i % 2 === 0 });
    for (const filter of [undefined, { even: true }]) {
      const keys: string[] = [];
      for (let offset = 0; offset < 35; offset += 7) {
        const page = await store.search(["n"], { offset, limit: 7, ...(filter && { filter }) });
        keys.push(...page.map(({ key }) => key));
      }
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys).toHaveLength(filter === undefined ? 25 : 13);
    }
    expect(await store.search(["n"])).toHaveLength(10);
    expect(await store.search(["n"], { limit: 0 })).toEqual([]);
    expect(await store.search(["n"], { offset: 25 })).toEqual([]);
  });

  it("lists namespaces by prefix, suffix and depth", async () => {
    const store = await open();
    const all = ["a x v1", "a y v1", "a y v2", "a", "b x", "ab v1"].map((path) => path.split(" "));
    for (const namespace of all) await store.put(namespace, "k", {});
    const list = async (options: object) => sorted(await store.listNamespaces(options));
    expect(await list({})).toEqual(sorted(all));
    expect(await list({ prefix: ["a"] })).toEqual(sorted(all.slice(0, 4)));
    expect(await list({ prefix: ["a", "*", "v1"] })).toEqual(sorted(all.slice(0, 2)));
    expect(await list({ prefix: ["*", "x"] })).toEqual(sorted([all[0], all[4]]));
    expect(await list({ suffix: ["v1"] })).toEqual(sorted([all[0], all[1], all[5]]));
    expect(await list({ suffix: ["*", "v1"] })).toEqual(sorted([all[0], all[1], all[5]]));
    expect(await list({ prefix: ["a"], suffix: ["y", "*"] })).toEqual(sorted(all.slice(1, 3)));
    expect(await list({ maxDepth: 1 })).toEqual(sorted([["a"], ["ab"], ["b"]]));
    expect(await list({ prefix: ["a"], maxDepth: 2 })).toEqual(
      sorted([["a", "x"], ["a", "y"], ["a"]]),
    );
    const pages = [0, 2, 4, 6].map((offset) => store.listNamespaces({ offset, limit: 2 }));
    expect(sorted((await Promise.all(pages)).flat())).toEqual(sorted(all));
  });

  it("reads the state before a batch, and keeps the last put", async () => {
    const store = await open();
    await store.put(["a"], "k", { n: 1 });
    const operations: Operation[] = [
      { namespace: ["a"], key: "k", value: { n: 2 } },
      { namespace: ["a"], key: "k" },
      { namespacePrefix: ["a"], limit: 10, offset: 0 },
      { namespace: ["a"], key: "new", value: { n: 1 } },
      { namespace: ["a"], key: "k", value: { n: 3 } },
      { namespace: ["a"], key: "deleted", value: { n: 1 } },
      { namespace: ["a"], key: "deleted", value: null },
      { matchConditions: [{ matchType: "prefix", path: ["a"] }], limit: 10, offset: 0 },
      { namespace: ["a"], key: "new" },
    ];
    const results = await store.batch(operations);
    const k = { key: "k" };
    expect(results).toMatchObject([null, k, [k], null, null, null, null, [["a"]], null]);
    const after = await store.search(["a"]);
    expect(sorted(after.map(({ key, value }) => [key, value]))).toEqual(
      sorted([
        ["k", { n: 3 }],
        ["new", { n: 1 }],
      ]),
    );
    expect(await store.batch([])).toEqual([]);
  });

  it.for<[string, string[]]>([
    ["is empty", []],
    ["has an empty label", ["a", ""]],
    ["has a label that is no text", ["a", 7 as never]],
    ["has a dot in a label", ["a.b"]],
    ["begins with langgraph", ["langgraph", "a"]],
  ])("refuses a put if the namespace %s", async ([, namespace]) => {
    const store = await open();
    const batch = [{ namespacePrefix: ["a"] }, { namespace: ["", ""], key: "k" }];
    for (const call of [() => store.put(namespace, "k", {}), () => store.batch(batch)])
      await expect(call()).rejects.toMatchObject({ name: "InvalidNamespaceError" });
  });
});
