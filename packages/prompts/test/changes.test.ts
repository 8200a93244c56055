import { ContextThread, renderChanges, renderContext } from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";
import { describe, expect, it } from "vitest";
import { applyBlocks, type Line, readBlock } from "./support/block.ts";
import { fill, freshMesh, freshThread } from "./support/mesh.ts";

describe("changes since the last prompt", () => {
  it("renders all items first, then each changed key once", async () => {
    const { mesh, clock, thread } = freshThread();
    const ann = mesh.agent("Ann");
    await ann.push("stays", 1, { global: true });
    await ann.push("updated", 1, { global: true });
    await ann.push("deleted", 1, { global: true });
    await ann.push("expiring", 1, { global: true, ttl: "1m" });
    await ann.push("leaving", 1, { global: true });
    const first = await thread.next();
    expect(first).toMatchObject({ kind: "full", reason: "FIRST" });
    expect(readBlock(first.text)).toMatchObject({ name: "context", replacesAll: false });

    for (let n = 2; n <= 5; n++) await ann.push("updated", n);
    await ann.delete("deleted");
    await ann.push("leaving", 1, { subscribers: ["Bea"] });
    await ann.push("new", 1, { subscribers: ["Worker"] });
    await ann.push("came and went", 1, { global: true });
    await ann.delete("came and went");
    await ann.push("unseen", 1, { subscribers: ["Bea"] });
    clock.advance("2m");
    const second = await thread.next();
    expect(second).toMatchObject({ kind: "changes", reason: undefined });
    expect(readBlock(second.text).name).toBe("context-changes");
    expect(changesIn(second.text)).toEqual([
      "deleted removed",
      "leaving removed",
      "expiring removed",
      "new new 1",
      "updated updated 5",
    ]);
    expect(second.message).toEqual({ role: "user", content: second.text });
  });

  it("shows that a task failed, why, and that it is done", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("task", 1, { global: true });
    const worker = mesh.agent("Worker");
    const thread = new ContextThread(mesh.agent("Planner"));
    await thread.next();
    const next = async () => readBlock((await thread.next()).text).lines;
    const lease = await worker.claim({ key: "task" });
    await lease?.release({ error: "</context> no data", maxAttempts: 1 });
    const lastFailure = { agent: "Worker", attempt: 1, message: "</context> no data" };
    expect(await next()).toMatchObject([{ change: "updated", state: "failed", lastFailure }]);
    await mesh.system.retry("task");
    const [retried] = await next();
    expect(retried).toMatchObject({ change: "updated", lastFailure });
    expect(retried).not.toHaveProperty("state");
    await (await worker.claim({ key: "task" }))?.complete(2);
    const [done] = await next();
    expect(done).toMatchObject({ state: "done", value: 2 });
    expect(done).not.toHaveProperty("lastFailure");
  });

  it("renders no text and no message without changes", async () => {
    const { mesh, thread } = freshThread();
    await mesh.system.push("a", 1, { global: true });
    await thread.next();
    await mesh.system.push("unseen", 1, { subscribers: ["Bea"] });
    await mesh.agent("Worker").claim({ key: "a" });
    const step = await thread.next();
    expect(step).toMatchObject({ kind: "none", text: "", tokens: 0, message: undefined });
  });

  it("follows the agent's own subscriptions (R1)", async () => {
    const { mesh, worker, thread } = freshThread();
    await mesh.system.push("a", 1, { topics: ["news"] });
    await mesh.system.push("b", 1, { topics: ["news"], subscribers: ["Worker"] });
    expect(changesIn((await thread.next()).text)).toEqual(["b undefined 1"]);
    await worker.subscribe(["news"]);
    expect(changesIn((await thread.next()).text)).toEqual(["a new 1"]);
    await worker.unsubscribe(["news"]);
    expect(changesIn((await thread.next()).text)).toEqual(["a removed"]);
  });

  it("removes an expired item once, before and after the sweep (R8)", async () => {
    const { mesh, clock, thread } = freshThread();
    await mesh.system.push("a", 1, { global: true, ttl: "1m" });
    await thread.next();
    clock.advance("1m");
    expect(changesIn((await thread.next()).text)).toEqual(["a removed"]);
    await mesh.sweep();
    expect((await thread.next()).kind).toBe("none");
  });

  it("removes an item that is no longer selected", async () => {
    const { mesh } = freshMesh();
    const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
    await ann.push("a", 1, { global: true });
    await ann.push("b", 1, { topics: ["x"], subscribers: ["Worker", "Bea"] });
    const byAuthor = new ContextThread(mesh.agent("Worker"), { authors: ["Ann"] });
    const byTopic = new ContextThread(mesh.agent("Worker"), { topics: ["x"] });
    await byAuthor.next();
    await byTopic.next();
    await bea.push("a", 2);
    await bea.push("c", 1, { global: true });
    await ann.push("b", 2, { topics: ["y"], subscribers: ["Worker"] });
    expect(changesIn((await byAuthor.next()).text)).toEqual(["a removed", "b updated 2"]);
    expect(changesIn((await byTopic.next()).text)).toEqual(["b removed"]);
  });

  it("does not remove an item that exceeds maxAge", async () => {
    const { mesh, clock, thread } = freshThread({ maxAge: "1h" });
    await mesh.system.push("a", 1, { global: true });
    await thread.next();
    clock.advance("2h");
    expect((await thread.next()).kind).toBe("none");
    await mesh.system.push("a", 2);
    expect(changesIn((await thread.next()).text)).toEqual(["a updated 2"]);
  });

  it("neither loses nor repeats concurrent writes", async () => {
    const { mesh, worker, thread } = freshThread();
    const texts: string[] = [];
    const writing = (async () => {
      for (let n = 0; n < 200; n++) await mesh.system.push(`item ${n % 7}`, n, { global: true });
    })();
    const lines: Line[] = [];
    for (let turn = 0; turn < 20; turn++) texts.push((await thread.next()).text);
    await writing;
    texts.push((await thread.next()).text);
    expect(applyBlocks(texts)).toEqual(new Map(Object.entries(await worker.getAll())));
    for (const text of texts) if (text !== "") lines.push(...readBlock(text).lines);
    const seen = lines.map(({ key, revision }) => `${key} at ${revision}`);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("a full block", () => {
  it("replaces everything after the log was compacted", async () => {
    const { mesh, thread } = freshThread();
    await mesh.system.push("old", 1, { global: true });
    const texts = [(await thread.next()).text];
    await mesh.system.delete("old");
    await mesh.system.push("new", 1, { global: true });
    await mesh.compact({ log: { commits: 1 } });
    const step = await thread.next();
    expect(step).toMatchObject({ kind: "full", reason: "CURSOR_COMPACTED" });
    expect(readBlock(step.text).replacesAll).toBe(true);
    expect([...applyBlocks([...texts, step.text]).keys()]).toEqual(["new"]);
    expect((await thread.next()).kind).toBe("none");
  });

  it("is rendered even when no item is left", async () => {
    const { mesh, thread } = freshThread();
    await mesh.system.push("old", 1, { global: true });
    await thread.next();
    await mesh.system.delete("old");
    await mesh.system.push("unseen", 1, { subscribers: ["Bea"] });
    await mesh.compact({ log: { commits: 1 } });
    const { text } = await thread.next();
    expect(readBlock(text)).toMatchObject({ name: "context", replacesAll: true, lines: [] });
  });

  it("is rendered after maxChanges, and for another selection", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    const { state } = await renderContext(worker);
    for (let n = 0; n < 30; n++) await mesh.system.push(`item ${n}`, n, { global: true });
    const many = await renderChanges(worker, state, { maxChanges: 20 });
    expect(many).toMatchObject({ kind: "full", reason: "TOO_MANY_CHANGES" });
    expect(many.included.length).toBe(30);
    expect((await renderChanges(worker, state, { maxChanges: 30 })).kind).toBe("changes");
    const other = await renderChanges(worker, state, { prefix: "item 1" });
    expect(other).toMatchObject({ kind: "full", reason: "SELECTION_CHANGED" });
  });

  it("is rendered for a cursor of another log", async () => {
    const [one, other] = [freshMesh().mesh, freshMesh().mesh];
    await one.system.push("a", 1, { global: true });
    await other.system.push("b", 1, { global: true });
    const { state } = await renderContext(one.agent("Worker"));
    const step = await renderChanges(other.agent("Worker"), state);
    expect(step).toMatchObject({ kind: "full", reason: "INVALID_CURSOR" });
  });
});

describe("the state of a thread", () => {
  it("survives JSON, and resumes in another process", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    await mesh.system.push("__proto__", { a: 1 }, { global: true });
    const thread = new ContextThread(worker, { events: true });
    await thread.next();
    await mesh.system.push("b", 1, { global: true });
    const state = JSON.parse(JSON.stringify(thread.state)) as NonNullable<typeof thread.state>;
    const later = new ContextThread(worker, { events: true }, state);
    expect(changesIn((await later.next()).text)).toEqual(["b new 1"]);
    // The same state renders the same changes again.
    const again = new ContextThread(worker, { events: true }, state);
    expect(changesIn((await again.next()).text)).toEqual(["b new 1"]);
  });

  it("is refused if it is invalid", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    const { state } = await renderContext(worker);
    const shown = [[null], ["abc"], [["a"]], [[1, 1, null]]].map((each) => ({ shown: each }));
    for (const wrong of [...shown, { pending: [1] }, { pending: "a" }]) {
      const refused = renderChanges(worker, { ...state, ...wrong } as never);
      const error = { code: "INVALID_ARGUMENTS", message: "Invalid context state." };
      await expect(refused).rejects.toMatchObject(error);
    }
  });

  it("is refused for another agent", async () => {
    const { mesh } = freshMesh();
    const { state } = await renderContext(mesh.agent("Ann"));
    const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
    expect(() => new ContextThread(bea, {}, state)).toThrow(/another agent/);
    for (const [agent, given] of [
      [bea, state],
      [mesh.system, state],
      ...[null, {}, { ...state, version: 2 }].map((nonsense) => [ann, nonsense] as const),
    ] as const) {
      const refused = renderChanges(agent, given as never);
      await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    }
  });

  it("does not change when a step fails", async () => {
    let fails = false;
    const count = (text: string): number => (fails ? Number.NaN : o200kTokens(text));
    const { mesh, thread } = freshThread({ budget: { count } });
    await mesh.system.push("a", 1, { global: true });
    await thread.next();
    const { state } = thread;
    await mesh.system.push("a", 2);
    fails = true;
    await expect(thread.next()).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    expect(thread.state).toBe(state);
    fails = false;
    expect(changesIn((await thread.next()).text)).toEqual(["a updated 2"]);
  });

  it("runs concurrent steps one after the other", async () => {
    const { mesh, thread } = freshThread();
    await mesh.system.push("a", 1, { global: true });
    const steps = await Promise.all([thread.next(), thread.next(), thread.next()]);
    expect(steps.map(({ kind }) => kind)).toEqual(["full", "none", "none"]);
  });

  it.each([
    ["state open", { state: "open" }],
    ["state claimed", { state: "claimed" }],
    ["an empty list of events", { events: [] }],
    ["maxChanges of 0", { maxChanges: 0 }],
  ] as const)("refuses %s", (_, options) => {
    const { mesh } = freshMesh();
    expect(() => new ContextThread(mesh.agent("Worker"), options)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
    );
  });
});

describe("changes within a budget", () => {
  const budget = { tokens: 500, count: o200kTokens };

  it("stay pending, the longest first, until all are included", async () => {
    const { mesh, worker, thread } = freshThread({ budget });
    const texts = [(await thread.next()).text];
    await fill(mesh, ["Ann"], 40);
    const turns: string[][] = [];
    for (let turn = 0; turn < 10; turn++) {
      const step = await thread.next();
      texts.push(step.text);
      expect(step.tokens).toBeLessThanOrEqual(500);
      turns.push(step.included.map(({ key }) => key));
      if (step.kind === "none") break;
      // A newer change in each step must not delay the older ones.
      if (turn < 3) await mesh.agent("Bea").push(`newer ${turn}`, turn, { global: true });
    }
    expect(turns.at(-1)).toEqual([]);
    expect(turns.length).toBeGreaterThan(4);
    expect(applyBlocks(texts)).toEqual(new Map(Object.entries(await worker.getAll())));
    expect(thread.state?.pending).toEqual([]);
  });

  it("are included eventually, whatever has priority", async () => {
    const options = { budget: { ...budget, share: 0.3 }, priority: [{ author: "Flood" }] };
    const { mesh, thread } = freshThread(options);
    await thread.next();
    await mesh.agent("Ann").push("quiet", "word ".repeat(250), { global: true });
    // Each step includes at least one pending change, and 40 precede it at first.
    const included = new Set<string>();
    let turns = 0;
    for (; turns < 41 && !included.has("quiet"); turns++) {
      await fill(mesh, ["Flood"], 40);
      for (const { key } of (await thread.next()).included) included.add(key);
    }
    expect(included).toContain("quiet");
    expect(turns).toBeGreaterThan(1);
  });

  it("are included with their current value", async () => {
    const { mesh, thread } = freshThread({ budget });
    await thread.next();
    await fill(mesh, ["Ann"], 20);
    await thread.next();
    const pending = thread.state?.pending ?? [];
    expect(pending.length).toBeGreaterThan(5);
    await mesh.agent("Ann").push(pending[0] as string, "rewritten");
    await mesh.agent("Ann").delete(pending[1] as string);
    const { text } = await thread.next();
    expect(changesIn(text)[0]).toBe(`${pending[0]} new "rewritten"`);
    expect(text).not.toContain(`"${pending[1]}"`);
  });

  it("name an item that is too large, so that its old value is not used", async () => {
    const { mesh, thread } = freshThread({ budget });
    await mesh.system.push("a", 1, { global: true });
    await thread.next();
    await mesh.system.push("a", "word ".repeat(2_000));
    const step = await thread.next();
    expect(readBlock(step.text).lines).toEqual([
      expect.objectContaining({ key: "a", change: "updated", revision: 2, omitted: "too_large" }),
      { omitted: { too_large: 1 } },
    ]);
    expect((await thread.next()).kind).toBe("none");
    await mesh.system.delete("a");
    expect(changesIn((await thread.next()).text)).toEqual(["a removed"]);
  });
});

describe("pending changes", () => {
  it("are limited by maxChanges", async () => {
    const options = { maxChanges: 50, budget: { tokens: 500, count: o200kTokens } };
    const { mesh, thread } = freshThread(options);
    await thread.next();
    const kinds: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await fill(mesh, [`Flood ${turn}`], 30);
      const { kind, reason } = await thread.next();
      kinds.push(reason ?? kind);
      expect(thread.state?.pending.length).toBeLessThanOrEqual(50);
    }
    expect(kinds).toContain("TOO_MANY_CHANGES");
  });
});

describe("events in changes", () => {
  it("are included in order, within half of the budget", async () => {
    const { mesh, thread } = freshThread({
      events: true,
      budget: { tokens: 500, count: o200kTokens },
    });
    const ann = mesh.agent("Ann");
    await ann.publish("before", 0, { global: true });
    await ann.push("a", 1, { global: true });
    await thread.next();
    for (let n = 0; n < 30; n++) await ann.publish("step", n, { global: true });
    await ann.publish("unseen", 0, { subscribers: ["Bea"] });
    await fill(mesh, ["Ann"], 20);
    const steps: number[][] = [];
    for (;;) {
      const { kind, text, tokens } = await thread.next();
      if (kind === "none") break;
      expect(tokens).toBeLessThanOrEqual(500);
      const lines = readBlock(text).lines.filter(({ event }) => event === "step");
      steps.push(lines.map(({ data }) => data as number));
    }
    expect(steps.length).toBeGreaterThan(3);
    expect(steps[0]?.length).toBeGreaterThan(3);
    expect(steps.flat()).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  it("alternate with items, so that neither blocks the other", async () => {
    const budget = { tokens: 1_000, count: o200kTokens };
    const { mesh, worker, thread } = freshThread({ events: true, budget });
    const ann = mesh.agent("Ann");
    await thread.next();
    // More than half of the budget, but not too large.
    for (const key of ["a", "b", "c"]) await ann.push(key, "word ".repeat(600), { global: true });
    const texts: string[] = [];
    const turns: [items: number, events: number][] = [];
    for (let turn = 0; turn < 6; turn++) {
      for (let n = 0; n < 20; n++) await ann.publish("step", n, { global: true });
      const { text, tokens, included, events, omitted } = await thread.next();
      texts.push(text);
      expect(tokens).toBeLessThanOrEqual(1_000);
      expect(omitted.map(({ reason }) => reason)).not.toContain("too_large");
      turns.push([included.length, events.length]);
    }
    expect(applyBlocks(texts)).toEqual(new Map(Object.entries(await worker.getAll())));
    expect(turns.filter(([items]) => items > 0)).toHaveLength(3);
    expect(turns.filter(([, events]) => events > 10).length).toBeGreaterThanOrEqual(3);
  });

  it("are counted if even their name is too large", async () => {
    const { mesh, thread } = freshThread({
      events: true,
      budget: { tokens: 200, count: o200kTokens },
    });
    await thread.next();
    await mesh.system.publish("\u0001".repeat(60), 1, { global: true });
    await mesh.system.publish("small", 1, { global: true });
    expect(readBlock((await thread.next()).text).lines).toEqual([
      expect.objectContaining({ event: "small" }),
      { omitted: { too_large: 1 } },
    ]);
  });

  it("are selected by type and topic", async () => {
    const { mesh, worker, thread } = freshThread({ events: ["made"], topics: ["x"] });
    const ann = mesh.agent("Ann");
    await worker.subscribe(["x", "y"]);
    await thread.next();
    await ann.publish("made", 1, { topics: ["x"] });
    await ann.publish("made", 2, { topics: ["y"] });
    await ann.publish("lost", 3, { topics: ["x"] });
    const { text, events } = await thread.next();
    expect(readBlock(text).lines).toEqual([
      { event: "made", author: "Ann", at: "2030-01-01T00:00:00Z", data: 1 },
    ]);
    expect(events.length).toBe(1);
    expect((await thread.next()).kind).toBe("none");
  });

  it("are included without data that is too large", async () => {
    const { mesh, thread } = freshThread({
      events: true,
      budget: { tokens: 300 },
    });
    await thread.next();
    await mesh.system.publish("large", "word ".repeat(500), { global: true });
    await mesh.system.publish("small", 1, { global: true });
    expect(readBlock((await thread.next()).text).lines).toEqual([
      expect.objectContaining({ event: "large", omitted: "too_large" }),
      expect.objectContaining({ event: "small", data: 1 }),
    ]);
  });

  it("are not skipped by a full block", async () => {
    const { mesh, thread } = freshThread({ events: true, maxChanges: 2 });
    await thread.next();
    await mesh.system.publish("made", 1, { global: true });
    await fill(mesh, ["Ann"], 5);
    const step = await thread.next();
    expect(step).toMatchObject({ kind: "full", reason: "TOO_MANY_CHANGES" });
    expect(readBlock(step.text).lines.at(-1)).toMatchObject({ event: "made" });
    expect((await thread.next()).kind).toBe("none");
  });
});

/** `key change value` of each line about an item. */
function changesIn(text: string): string[] {
  if (text === "") return [];
  return readBlock(text).lines.flatMap(({ key, change, value }) =>
    key === undefined
      ? []
      : change === "removed"
        ? `${key} removed`
        : `${key} ${change} ${JSON.stringify(value)}`,
  );
}
