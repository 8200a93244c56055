import type { AgentContext } from "@syntha/core";
import { estimateTokens, renderContext } from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";
import { describe, expect, it } from "vitest";
import { keysOf, readBlock } from "./support/block.ts";
import { fill, freshMesh } from "./support/mesh.ts";

const by = <T extends { key: string }>(name: string, items: readonly T[]): T[] =>
  items.filter(({ key }) => key.startsWith(name));

describe("renderContext", () => {
  it("renders each item as a line of JSON", async () => {
    const { mesh } = freshMesh();
    await mesh.agent("Triage").push("inquiry", { customer: "BigCo" }, { global: true });
    const { text } = await renderContext(mesh.agent("Worker"), { mark: "m1" });
    expect(text).toBe(
      [
        '<context mark="m1">',
        '{"key":"inquiry","author":"Triage","revision":1,"updatedAt":"2030-01-01T00:00:00Z","value":{"customer":"BigCo"}}',
        '</context mark="m1">',
      ].join("\n"),
    );
  });

  it("renders the author, which is null for the system", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    await mesh.agent("null").push("b", 1, { global: true });
    const { text } = await renderContext(mesh.agent("Worker"));
    const authors = readBlock(text).lines.map(({ key, author }) => ({ [`${key}`]: author }));
    expect(authors).toEqual([{ b: "null" }, { a: null }]);
    expect(() => mesh.agent("System")).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
    );
  });

  it("renders empty text if no item is visible", async () => {
    const { mesh } = freshMesh();
    await mesh.agent("Ann").push("a", 1, { subscribers: ["Bea"] });
    const rendered = await renderContext(mesh.agent("Worker"));
    expect(rendered).toMatchObject({ text: "", tokens: 0, included: [], omitted: [], more: false });
  });

  it("includes visible items (R1) that have not expired (R8)", async () => {
    const { mesh, clock } = freshMesh();
    const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
    await bea.subscribe(["news"]);
    await ann.push("on a topic", 1, { topics: ["news"] });
    await ann.push("to her", 1, { subscribers: ["Bea"] });
    await ann.push("to another", 1, { subscribers: ["Cid"] });
    await ann.push("unheard", 1, { topics: ["else"] });
    await ann.push("short", 1, { global: true, ttl: "1m" });
    await bea.push("her own", 1, { subscribers: ["Ann"] });
    const keys = async () => keysOf((await renderContext(bea)).text).sort();
    expect(await keys()).toEqual(["her own", "on a topic", "short", "to her"]);
    clock.advance("1m");
    await bea.unsubscribe(["news"]);
    expect(await keys()).toEqual(["her own", "to her"]);
  });

  it("is deterministic for a mark, and random without one", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Ann", "Bea"], 50);
    const options = { mark: "m1", budget: { tokens: 900, share: 0.4 } };
    const worker = mesh.agent("Worker");
    const first = await renderContext(worker, options);
    expect(await renderContext(worker, options)).toEqual(first);
    const marks = await Promise.all(
      Array.from({ length: 50 }, async () => readBlock((await renderContext(worker)).text).mark),
    );
    expect(new Set(marks).size).toBe(50);
    expect(marks.every((mark) => /^[0-9a-z]{12}$/.test(mark))).toBe(true);
  });
});

describe("selection", () => {
  it.each([
    ["one topic", { topics: ["x"] }, ["a", "b"]],
    ["any of several topics", { topics: ["x", "y"] }, ["a", "b", "c"]],
    ["keys that are visible", { keys: ["c", "a", "hidden", "none"] }, ["a", "c"]],
    ["a literal prefix", { prefix: "task:" }, ["task:1"]],
    ["one author", { authors: ["Bea"] }, ["b"]],
    ["authors including the system", { authors: ["Bea", null] }, ["b", "task:1"]],
    ["state", { state: "done" }, ["c"]],
    ["all conditions together", { topics: ["x"], authors: ["Ann"] }, ["a"]],
  ] as const)("selects by %s", async (_, selection, keys) => {
    const { mesh } = freshMesh();
    const [ann, worker] = [mesh.agent("Ann"), mesh.agent("Worker")];
    await worker.subscribe(["x", "y"]);
    await ann.push("a", 1, { topics: ["x", "y"] });
    await mesh.agent("Bea").push("b", 1, { topics: ["x"] });
    await ann.push("c", 1, { topics: ["y"] });
    await mesh.system.push("task:1", 1, { global: true });
    await ann.push("hidden", 1, { topics: ["z"] });
    const lease = await worker.claim({ key: "c" });
    await lease?.complete("done");
    const { text } = await renderContext(worker, selection);
    expect(keysOf(text).sort()).toEqual(keys);
  });

  it("selects by age in the storage's time", async () => {
    const { mesh, clock } = freshMesh();
    const ann = mesh.agent("Ann");
    await ann.push("old", 1, { global: true });
    await ann.push("rewritten", 1, { global: true });
    clock.advance("30m");
    await ann.push("rewritten", 2);
    clock.advance("31m");
    await ann.push("new", 1, { global: true });
    const recent = async (keys?: string[]) =>
      keysOf((await renderContext(ann, { maxAge: "1h", keys })).text);
    expect(await recent()).toEqual(["new", "rewritten"]);
    expect(await recent(["old", "new"])).toEqual(["new"]);
  });

  it.each([
    ["an empty list", { topics: [] }],
    ["more than 1,000 keys", { keys: Array.from({ length: 1_001 }, (_, i) => `k${i}`) }],
    ["an invalid duration", { maxAge: "soon" as never }],
    ["a share of 0", { budget: { share: 0 } }],
    ["a fraction of tokens", { budget: { tokens: 1.5 } }],
    ["a budget that the fence exceeds", { budget: { tokens: 20 } }],
    ["a mark that would end the tag", { mark: '"><' }],
    ["too many items to scan", { maxItems: 1_000_000 }],
    ["an invalid priority", { priority: [{}] as never }],
    ["a count that returns NaN", { budget: { count: () => Number.NaN } }],
  ])("refuses %s", async (_, options) => {
    const { mesh } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    await expect(renderContext(mesh.agent("Ann"), options)).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      hint: expect.stringMatching(/./),
    });
  });
});

describe("order", () => {
  it("puts the latest write first, ties by key", async () => {
    const { mesh, clock } = freshMesh();
    const ann = mesh.agent("Ann");
    await ann.pushMany(
      ["z", "\u{1F98A}", "\uE000", "y"].map((key) => ({ key, value: 1, global: true })),
    );
    clock.advance("1s");
    await ann.push("later", 1, { global: true });
    const { text } = await renderContext(ann);
    expect(keysOf(text)).toEqual(["later", "y", "z", "\uE000", "\u{1F98A}"]);
  });

  it("orders by rules or by a function", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Ann", "Bea"], 2);
    await mesh.agent("Bea").push("task:1", 1, { topics: ["t"], subscribers: ["Worker"] });
    const worker = mesh.agent("Worker");
    await mesh.system.push("last", 1, { global: true });
    const keys = async (priority: Parameters<typeof renderContext>[1]) =>
      keysOf((await renderContext(worker, priority)).text);
    expect(await keys({ priority: [{ key: "Bea 0" }, { author: "Ann" }, { topic: "t" }] })).toEqual(
      ["Bea 0", "Ann 1", "Ann 0", "task:1", "last", "Bea 1"],
    );
    const annFirst = ["Ann 1", "Ann 0", "last", "task:1", "Bea 1", "Bea 0"];
    expect(await keys({ priority: [{ key: "Ann*" }] })).toEqual(annFirst);
    expect((await keys({ priority: ({ key }) => (key === "Ann 0" ? 1 : 0) }))[0]).toBe("Ann 0");
    await mesh.agent("Ann").push("latest", 1, { global: true });
    expect((await keys({ priority: [{ author: null }] }))[0]).toBe("last");
  });
});

describe("the budget", () => {
  it("limits the whole block and reports omitted items", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Ann"], 40);
    // Of another mark fewer tokens may be left than a line has at least; then the next line is not counted.
    const options = { mark: "m1", budget: { tokens: 500, count: o200kTokens } };
    const { text, tokens, included, omitted } = await renderContext(mesh.agent("Worker"), options);
    expect(tokens).toBe(o200kTokens(text));
    expect(tokens).toBeLessThanOrEqual(500);
    expect(tokens).toBeGreaterThan(400);
    expect(included.length + omitted.length).toBe(40);
    expect(keysOf(text)).toEqual(included.map(({ key }) => key));
    expect(readBlock(text).lines.at(-1)).toEqual({ omitted: { budget: omitted.length } });
    // The newest first.
    const key = `Ann ${39 - included.length}`;
    expect(omitted[0]).toEqual({ key, reason: "budget", tokens: expect.any(Number) });
  });

  it("names items that are too large and includes the rest", async () => {
    const { mesh } = freshMesh();
    const ann = mesh.agent("Ann");
    await ann.push("small", 1, { global: true });
    await ann.push("big", "word ".repeat(1_000), { global: true });
    await ann.push("huge", "word ".repeat(40_000), { global: true });
    const { text, included, omitted } = await renderContext(ann, {
      budget: { tokens: 500, count: o200kTokens },
    });
    expect(included.map(({ key }) => key)).toEqual(["small"]);
    expect(omitted).toEqual([
      { key: "huge", reason: "too_large", tokens: undefined },
      { key: "big", reason: "too_large", tokens: expect.any(Number) },
    ]);
    expect(readBlock(text).lines.map(({ key, omitted: why }) => [key, why])).toEqual([
      ["huge", "too_large"],
      ["big", "too_large"],
      ["small", undefined],
      [undefined, { too_large: 2 }],
    ]);
  });

  it("skips items that no longer fit", async () => {
    const { mesh } = freshMesh();
    const ann = mesh.agent("Ann");
    for (let i = 0; i < 5; i++) {
      await ann.push(`small ${i}`, 1, { global: true });
      await ann.push(`large ${i}`, "word ".repeat(150), { global: true });
    }
    const { included } = await renderContext(ann, { budget: { tokens: 620, count: o200kTokens } });
    const keys = ["large 4", "small 4", "large 3", "small 3", "small 2", "small 1", "small 0"];
    expect(included.map(({ key }) => key)).toEqual(keys);
  });

  it("is enforced by the estimate without a tokenizer", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Ann"], 40);
    const { text, tokens } = await renderContext(mesh.agent("Ann"), { budget: { tokens: 500 } });
    expect(tokens).toBe(estimateTokens(text));
    expect(tokens).toBeLessThanOrEqual(500);
    expect(o200kTokens(text)).toBeLessThanOrEqual(500);
  });

  it("limits each author and redistributes unused space", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Bea", "Cid"], 3);
    await fill(mesh, ["Ann"], 100);
    const worker = mesh.agent("Worker");
    const count = async (budget: object) => {
      const { included, omitted, tokens } = await renderContext(worker, {
        budget: { tokens: 1_000, count: o200kTokens, ...budget },
      });
      const of = (name: string) => by(name, included);
      return { of, omitted, tokens };
    };
    const crowded = await count({});
    expect([crowded.of("Bea").length, crowded.of("Cid").length]).toEqual([0, 0]);
    const fair = await count({ share: 0.5 });
    expect([fair.of("Bea").length, fair.of("Cid").length]).toEqual([3, 3]);
    expect(fair.tokens).toBeGreaterThan(900);
    expect(new Set(fair.omitted.map(({ reason }) => reason))).toEqual(new Set(["share"]));
    // A single author uses the whole budget.
    const alone = await renderContext(worker, {
      authors: ["Ann"],
      budget: { tokens: 1_000, count: o200kTokens, share: 0.1 },
    });
    expect(alone.tokens).toBeGreaterThan(900);
  });

  it.each([0.5, 0.1, 0.03, 0.001])("includes older authors with a share of %f", async (share) => {
    const { mesh, clock } = freshMesh();
    await fill(mesh, ["Quiet"], 10);
    clock.advance("1m");
    await fill(mesh, ["Flood"], 200);
    const budget = { tokens: 2_000, count: o200kTokens, share };
    const { included } = await renderContext(mesh.agent("Worker"), { budget });
    expect(by("Quiet", included)).toHaveLength(10);
    expect(included.length).toBeGreaterThan(25);
  });

  it("includes older authors beside items that no longer fit", async () => {
    const { mesh, clock } = freshMesh();
    await fill(mesh, ["Quiet"], 10);
    clock.advance("1m");
    const long = "word ".repeat(800);
    for (let n = 0; n < 40; n++) await mesh.agent("Flood").push(`f ${n}`, long, { global: true });
    clock.advance("1m");
    await mesh.agent("Third").push("third", "word ".repeat(500), { global: true });
    const budget = { tokens: 2_000, count: o200kTokens, share: 0.5 };
    const { included } = await renderContext(mesh.agent("Worker"), { budget });
    expect(by("Quiet", included)).toHaveLength(10);
  });

  it("refuses a count that grows as the text shrinks", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Ann"], 20);
    let asked = 0;
    // A small count for the empty block, then more than the budget for every other.
    const count = (text: string): number => {
      asked++;
      return asked > 2 && text.startsWith("<context ") ? 400 : 1;
    };
    await expect(
      renderContext(mesh.agent("Worker"), { budget: { tokens: 300, count } }),
    ).rejects.toMatchObject({ code: "INVALID_ARGUMENTS", details: { path: "budget.count" } });
  });

  it("keeps authors within their share while others are pending", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Bea", "Cid"], 100);
    await fill(mesh, ["Ann"], 100);
    const { included } = await renderContext(mesh.agent("Worker"), {
      budget: { tokens: 2_000, count: o200kTokens, share: 0.25 },
    });
    const used = (name: string) => by(name, included).reduce((sum, { tokens }) => sum + tokens, 0);
    // Each author gets a quarter before any gets more.
    for (const name of ["Ann", "Bea", "Cid"]) expect(used(name)).toBeGreaterThan(400);
  });
});

describe("reads", () => {
  it("scan at most maxItems headers and report more", async () => {
    const { mesh } = freshMesh();
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    for (let i = 0; i < 5; i++)
      await mesh.system.pushMany(
        numbers.map((n) => ({ key: `item ${i * 1_000 + n}`, value: n, global: true })),
      );
    const reader = counting(mesh.agent("Worker"));
    const { text, more, omitted, included } = await renderContext(reader.agent, {
      maxItems: 2_500,
      budget: { tokens: 1_000 },
    });
    expect(more).toBe(true);
    expect(included.length + omitted.length).toBe(2_500);
    expect(readBlock(text).lines.at(-1)).toMatchObject({ more: true });
    // One more shows that there are more.
    expect(reader.headers).toBe(2_501);
    // The values that fit, and a few that were tried.
    expect(reader.values).toBeLessThan(included.length + 100);
  });

  it("count an item once, however many of the topics it is on", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    const topics = Array.from({ length: 200 }, (_, n) => `topic ${n}`);
    // The topics of the first, the second and the last listing.
    const spread = [0, 70, 199].map((n) => topics[n] as string);
    for (const batch of [topics.slice(0, 100), topics.slice(100)]) await worker.subscribe(batch);
    for (let n = 0; n < 4; n++) await mesh.system.push(`all ${n}`, n, { topics: spread });
    await mesh.system.push("last", 4, { topics: spread.slice(2) });
    const scan = async (maxItems: number) => {
      const { included, more } = await renderContext(worker, { topics, maxItems });
      return [included.map(({ key }) => key).sort(), more];
    };
    const all = ["all 0", "all 1", "all 2", "all 3"];
    expect(await scan(5)).toEqual([[...all, "last"], false]);
    expect(await scan(4)).toEqual([all, true]);
    expect(await scan(3)).toEqual([all.slice(0, 3), true]);
  });

  it("report no more if there are exactly maxItems", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    await worker.subscribe(["topic 0"]);
    await mesh.system.pushMany(
      Array.from({ length: 3 }, (_, n) => ({ key: `${n}`, value: n, topics: ["topic 0"] })),
    );
    const topics = Array.from({ length: 65 }, (_, n) => `topic ${n}`);
    for (const selection of [{ topics }, { topics: ["topic 0"] }, {}, { maxAge: "1h" }] as const)
      expect((await renderContext(worker, { ...selection, maxItems: 3 })).more).toBe(false);
  });

  it("skip values of an author that has used its share", async () => {
    const { mesh } = freshMesh();
    await fill(mesh, ["Bea"], 5);
    await fill(mesh, ["Ann"], 1_000);
    const reader = counting(mesh.agent("Worker"));
    await renderContext(reader.agent, { budget: { tokens: 1_000, share: 0.3 } });
    expect(reader.values).toBeLessThan(150);
  });
});

/** An agent that counts its reads. */
function counting(agent: AgentContext): { agent: AgentContext; headers: number; values: number } {
  const counts = { agent, headers: 0, values: 0 };
  counts.agent = new Proxy(agent, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        const answer = await (member.apply(target, args) as Promise<unknown>);
        if (name === "list") counts.headers += (answer as { items: unknown[] }).items.length;
        if (name === "getItems") counts.values += (answer as unknown[]).length;
        return answer;
      };
    },
  });
  return counts;
}
