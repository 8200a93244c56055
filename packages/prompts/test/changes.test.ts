import type { ContextMesh } from "@syntha/core";
import { ContextThread, renderChanges, renderContext } from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";
import { describe, expect, it } from "vitest";
import { fold, type Line, readBlock } from "./support/block.ts";
import { freshMesh } from "./support/mesh.ts";

describe("what has changed since the last prompt", () => {
  it("is all at first, then only what differs, each key once and as it is now", async () => {
    const { mesh, clock } = freshMesh();
    const ann = mesh.agent("Ann");
    await ann.push("stays", 1, { global: true });
    await ann.push("updated", 1, { global: true });
    await ann.push("deleted", 1, { global: true });
    await ann.push("expiring", 1, { global: true, ttl: "1m" });
    await ann.push("leaving", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"));
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
    expect(told(second.text)).toEqual([
      "deleted gone",
      "leaving gone",
      "expiring gone",
      "new new 1",
      "updated updated 5",
    ]);
    expect(second.message).toEqual({ role: "user", content: second.text });
  });

  it("is nothing, with no text and no message, when nothing has changed", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"));
    await thread.next();
    await mesh.system.push("unseen", 1, { subscribers: ["Bea"] });
    await mesh.agent("Worker").claim({ key: "a" });
    const step = await thread.next();
    expect(step).toMatchObject({ kind: "none", text: "", tokens: 0, message: undefined });
  });

  it("follows the agent's own subscriptions (R1)", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    await mesh.system.push("a", 1, { topics: ["news"] });
    await mesh.system.push("b", 1, { topics: ["news"], subscribers: ["Worker"] });
    const thread = new ContextThread(worker);
    expect(told((await thread.next()).text)).toEqual(["b undefined 1"]);
    await worker.subscribe(["news"]);
    expect(told((await thread.next()).text)).toEqual(["a new 1"]);
    await worker.unsubscribe(["news"]);
    expect(told((await thread.next()).text)).toEqual(["a gone"]);
  });

  it("tells at once that an item's time is over, whether it was swept or not (R8), and once", async () => {
    const { mesh, clock } = freshMesh();
    await mesh.system.push("a", 1, { global: true, ttl: "1m" });
    const thread = new ContextThread(mesh.agent("Worker"));
    await thread.next();
    clock.advance("1m");
    expect(told((await thread.next()).text)).toEqual(["a gone"]);
    await mesh.sweep();
    expect((await thread.next()).kind).toBe("none");
  });

  it("tells of what is selected alone, and that an item is no longer so", async () => {
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
    expect(told((await byAuthor.next()).text)).toEqual(["a gone", "b updated 2"]);
    expect(told((await byTopic.next()).text)).toEqual(["b gone"]);
  });

  it("does not take back what has merely grown old", async () => {
    const { mesh, clock } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"), { maxAge: "1h" });
    await thread.next();
    clock.advance("2h");
    expect((await thread.next()).kind).toBe("none");
    await mesh.system.push("a", 2);
    expect(told((await thread.next()).text)).toEqual(["a updated 2"]);
  });

  it("loses nothing that is written while it is drawn, and tells nothing twice", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    const thread = new ContextThread(worker);
    const texts: string[] = [];
    const writing = (async () => {
      for (let n = 0; n < 200; n++) await mesh.system.push(`item ${n % 7}`, n, { global: true });
    })();
    const lines: Line[] = [];
    for (let turn = 0; turn < 20; turn++) texts.push((await thread.next()).text);
    await writing;
    texts.push((await thread.next()).text);
    expect(fold(texts)).toEqual(new Map(Object.entries(await worker.getAll())));
    for (const text of texts) if (text !== "") lines.push(...readBlock(text).lines);
    const seen = lines.map(({ key, revision }) => `${key} at ${revision}`);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("a place that is lost", () => {
  it("gives all anew when the log was compacted, and says why", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("old", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"));
    const texts = [(await thread.next()).text];
    await mesh.system.delete("old");
    await mesh.system.push("new", 1, { global: true });
    await mesh.compact({ log: { commits: 1 } });
    const step = await thread.next();
    expect(step).toMatchObject({ kind: "full", reason: "CURSOR_COMPACTED" });
    expect(readBlock(step.text).replacesAll).toBe(true);
    expect([...fold([...texts, step.text]).keys()]).toEqual(["new"]);
    expect((await thread.next()).kind).toBe("none");
  });

  it("says so even when nothing is left to tell", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("old", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"));
    await thread.next();
    await mesh.system.delete("old");
    await mesh.system.push("unseen", 1, { subscribers: ["Bea"] });
    await mesh.compact({ log: { commits: 1 } });
    const { text } = await thread.next();
    expect(readBlock(text)).toMatchObject({ name: "context", replacesAll: true, lines: [] });
  });

  it("gives all anew after more changes than it may tell, or for another selection", async () => {
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

  it("gives all anew for a cursor of another log", async () => {
    const [one, other] = [freshMesh().mesh, freshMesh().mesh];
    await one.system.push("a", 1, { global: true });
    await other.system.push("b", 1, { global: true });
    const { state } = await renderContext(one.agent("Worker"));
    const step = await renderChanges(other.agent("Worker"), state);
    expect(step).toMatchObject({ kind: "full", reason: "INVALID_CURSOR" });
  });
});

describe("the state of a thread", () => {
  it("goes through JSON, and on in another process", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    await mesh.system.push("__proto__", { a: 1 }, { global: true });
    const thread = new ContextThread(worker, { events: true });
    await thread.next();
    await mesh.system.push("b", 1, { global: true });
    const state = JSON.parse(JSON.stringify(thread.state)) as NonNullable<typeof thread.state>;
    const later = new ContextThread(worker, { events: true }, state);
    expect(told((await later.next()).text)).toEqual(["b new 1"]);
    // Taken up from the same state again, the same is told again.
    const again = new ContextThread(worker, { events: true }, state);
    expect(told((await again.next()).text)).toEqual(["b new 1"]);
  });

  it("is refused when it was changed into none", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    const { state } = await renderContext(worker);
    for (const wrong of [
      { shown: [null] },
      { shown: ["abc"] },
      { shown: [["a"]] },
      { shown: [[1, 1, null]] },
      { pending: [1] },
      { pending: "a" },
    ])
      await expect(renderChanges(worker, { ...state, ...wrong } as never)).rejects.toMatchObject({
        code: "INVALID_ARGUMENTS",
        message: "Invalid context state.",
      });
  });

  it("is refused to another agent", async () => {
    const { mesh } = freshMesh();
    const { state } = await renderContext(mesh.agent("Ann"));
    for (const agent of [mesh.agent("Bea"), mesh.system])
      await expect(renderChanges(agent, state)).rejects.toMatchObject({
        code: "INVALID_ARGUMENTS",
      });
    expect(() => new ContextThread(mesh.agent("Bea"), {}, state)).toThrow(/another agent/);
    for (const nonsense of [null, {}, { ...state, version: 2 }])
      await expect(renderChanges(mesh.agent("Ann"), nonsense as never)).rejects.toMatchObject({
        code: "INVALID_ARGUMENTS",
      });
  });

  it("stays as it was when a step fails", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    await mesh.system.push("a", 1, { global: true });
    let fails = false;
    const count = (text: string): number => (fails ? Number.NaN : o200kTokens(text));
    const thread = new ContextThread(worker, { budget: { count } });
    await thread.next();
    const { state } = thread;
    await mesh.system.push("a", 2);
    fails = true;
    await expect(thread.next()).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    expect(thread.state).toBe(state);
    fails = false;
    expect(told((await thread.next()).text)).toEqual(["a updated 2"]);
  });

  it("takes steps one after the other, however they are asked for", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"));
    const steps = await Promise.all([thread.next(), thread.next(), thread.next()]);
    expect(steps.map(({ kind }) => kind)).toEqual(["full", "none", "none"]);
  });

  it.each([
    ["what is open", { state: "open" }],
    ["what is claimed", { state: "claimed" }],
    ["no events", { events: [] }],
    ["no changes", { maxChanges: 0 }],
  ] as const)("can't be that of changes of %s", (_, options) => {
    const { mesh } = freshMesh();
    expect(() => new ContextThread(mesh.agent("Worker"), options)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
    );
  });
});

describe("changes within a budget", () => {
  const budget = { tokens: 500, count: o200kTokens };

  it("stay due when there is no room, the longest waiting first, until all are told", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    const thread = new ContextThread(worker, { budget });
    const texts = [(await thread.next()).text];
    await fill(mesh, "Ann", 40);
    const turns: string[][] = [];
    for (let turn = 0; turn < 10; turn++) {
      const step = await thread.next();
      texts.push(step.text);
      expect(step.tokens).toBeLessThanOrEqual(500);
      turns.push(step.included.map(({ key }) => key));
      if (step.kind === "none") break;
      // Something newer each turn, which must not keep the old from coming.
      if (turn < 3) await mesh.agent("Bea").push(`newer ${turn}`, turn, { global: true });
    }
    expect(turns.at(-1)).toEqual([]);
    expect(turns.length).toBeGreaterThan(4);
    expect(fold(texts)).toEqual(new Map(Object.entries(await worker.getAll())));
    expect(thread.state?.pending).toEqual([]);
  });

  it("come some day, whatever else is written each turn, and whatever stands before them", async () => {
    const { mesh } = freshMesh();
    const options = { budget: { ...budget, share: 0.3 }, priority: [{ author: "Flood" }] };
    const thread = new ContextThread(mesh.agent("Worker"), options);
    await thread.next();
    await mesh.agent("Ann").push("quiet", "word ".repeat(250), { global: true });
    // One of those that wait comes each turn at least, and at first 40 wait before it.
    const told = new Set<string>();
    let turns = 0;
    for (; turns < 41 && !told.has("quiet"); turns++) {
      await fill(mesh, "Flood", 40);
      for (const { key } of (await thread.next()).included) told.add(key);
    }
    expect(told).toContain("quiet");
    expect(turns).toBeGreaterThan(1);
  });

  it("are told as they are when their turn comes", async () => {
    const { mesh } = freshMesh();
    const thread = new ContextThread(mesh.agent("Worker"), { budget });
    await thread.next();
    await fill(mesh, "Ann", 20);
    await thread.next();
    const due = thread.state?.pending ?? [];
    expect(due.length).toBeGreaterThan(5);
    await mesh.agent("Ann").push(due[0] as string, "rewritten");
    await mesh.agent("Ann").delete(due[1] as string);
    const { text } = await thread.next();
    expect(told(text)[0]).toBe(`${due[0]} new "rewritten"`);
    expect(text).not.toContain(`"${due[1]}"`);
  });

  it("name what alone is more than fits, so that nobody relies on what was told before", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"), { budget });
    await thread.next();
    await mesh.system.push("a", "word ".repeat(2_000));
    const step = await thread.next();
    expect(readBlock(step.text).lines).toEqual([
      expect.objectContaining({ key: "a", change: "updated", revision: 2, omitted: "too_large" }),
      { omitted: { too_large: 1 } },
    ]);
    expect((await thread.next()).kind).toBe("none");
    await mesh.system.delete("a");
    expect(told((await thread.next()).text)).toEqual(["a gone"]);
  });
});

describe("changes that wait without end", () => {
  it("give all anew, so that no step looks at more than it may", async () => {
    const { mesh } = freshMesh();
    const options = { maxChanges: 50, budget: { tokens: 500, count: o200kTokens } };
    const thread = new ContextThread(mesh.agent("Worker"), options);
    await thread.next();
    const kinds: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await fill(mesh, `Flood ${turn}`, 30);
      const { kind, reason } = await thread.next();
      kinds.push(reason ?? kind);
      expect(thread.state?.pending.length).toBeLessThanOrEqual(50);
    }
    expect(kinds).toContain("TOO_MANY_CHANGES");
  });
});

describe("events among changes", () => {
  it("come in their order, from the beginning of the thread on, within half of the budget", async () => {
    const { mesh } = freshMesh();
    const [ann, worker] = [mesh.agent("Ann"), mesh.agent("Worker")];
    await ann.publish("before", 0, { global: true });
    await ann.push("a", 1, { global: true });
    const thread = new ContextThread(worker, {
      events: true,
      budget: { tokens: 500, count: o200kTokens },
    });
    await thread.next();
    for (let n = 0; n < 30; n++) await ann.publish("step", n, { global: true });
    await ann.publish("unseen", 0, { subscribers: ["Bea"] });
    await fill(mesh, "Ann", 20);
    const steps: number[][] = [];
    for (;;) {
      const { kind, text, tokens } = await thread.next();
      if (kind === "none") break;
      expect(tokens).toBeLessThanOrEqual(500);
      steps.push(
        readBlock(text).lines.flatMap(({ event, data }) =>
          event === "step" ? [data as number] : [],
        ),
      );
    }
    expect(steps.length).toBeGreaterThan(3);
    expect(steps[0]?.length).toBeGreaterThan(3);
    expect(steps.flat()).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  it("and items wait for each other in turns, so that neither keeps the other from coming", async () => {
    const { mesh } = freshMesh();
    const [ann, worker] = [mesh.agent("Ann"), mesh.agent("Worker")];
    const budget = { tokens: 1_000, count: o200kTokens };
    const thread = new ContextThread(worker, { events: true, budget });
    await thread.next();
    // More than half of the budget, which nobody can say is too large.
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
    expect(fold(texts)).toEqual(new Map(Object.entries(await worker.getAll())));
    expect(turns.filter(([items]) => items > 0)).toHaveLength(3);
    expect(turns.filter(([, events]) => events > 10).length).toBeGreaterThanOrEqual(3);
  });

  it("are counted when not even their name is within what they may take", async () => {
    const { mesh } = freshMesh();
    const thread = new ContextThread(mesh.agent("Worker"), {
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

  it("are those of the types and topics that are asked for", async () => {
    const { mesh } = freshMesh();
    const [ann, worker] = [mesh.agent("Ann"), mesh.agent("Worker")];
    await worker.subscribe(["x", "y"]);
    const thread = new ContextThread(worker, { events: ["made"], topics: ["x"] });
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

  it("are named without their data when that alone is more than fits", async () => {
    const { mesh } = freshMesh();
    const thread = new ContextThread(mesh.agent("Worker"), {
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

  it("are not passed over when items are told anew", async () => {
    const { mesh } = freshMesh();
    const thread = new ContextThread(mesh.agent("Worker"), { events: true, maxChanges: 2 });
    await thread.next();
    await mesh.system.publish("made", 1, { global: true });
    await fill(mesh, "Ann", 5);
    expect(await thread.next()).toMatchObject({ kind: "full", reason: "TOO_MANY_CHANGES" });
    expect(readBlock((await thread.next()).text).lines).toMatchObject([{ event: "made" }]);
  });

  it("begin anew, told as such, where some of them were removed", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    const thread = new ContextThread(mesh.agent("Worker"), { events: true });
    await thread.next();
    await mesh.system.publish("made", 1, { global: true });
    await mesh.system.publish("made", 2, { global: true });
    await mesh.compact({ log: { commits: 10 }, events: { count: 1 } });
    const step = await thread.next();
    expect(["full", "changes"]).toContain(step.kind);
    expect((await thread.next()).kind).toBe("none");
  });
});

/** `key change value` of each line about an item. */
function told(text: string): string[] {
  if (text === "") return [];
  return readBlock(text).lines.flatMap(({ key, change, value }) =>
    key === undefined
      ? []
      : change === "gone"
        ? `${key} gone`
        : `${key} ${change} ${JSON.stringify(value)}`,
  );
}

async function fill(mesh: ContextMesh, author: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    await mesh
      .agent(author)
      .push(`${author} ${n}`, { number: n, text: "some words" }, { global: true });
}
