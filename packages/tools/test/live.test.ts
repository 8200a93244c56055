import { ContextMesh, type MeshInterceptor } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { failureOf, bytesOf, fullHandler, resultOf } from "./support.ts";

const setUp = () => {
  const mesh = new ContextMesh();
  return { mesh, writer: fullHandler(mesh, "Writer"), critic: fullHandler(mesh, "Critic") };
};

const BRIEF = { timeout_seconds: 0.01 };

describe("wait_for_changes", () => {
  it("returns what was written while it waited", async () => {
    const { writer, critic } = setUp();
    await resultOf(writer, "push_context", { key: "old", value: "1", global: true });
    const waiting = resultOf(critic, "wait_for_changes", { timeout_seconds: 60 });
    // The wait starts at the log's end when it reads it: write until it has.
    let isDone = false;
    void waiting.finally(() => (isDone = true));
    for (let i = 1; !isDone; i++) {
      await resultOf(writer, "push_context", { key: "plan", value: `${i}`, global: true });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const { changes, timed_out } = await waiting;
    expect(timed_out).toBe(false);
    expect(changes[0]).toMatchObject({ type: "put", key: "plan", author: "Writer" });
  });

  it("continues after its cursor with no gaps or duplicates", async () => {
    const { mesh, writer, critic } = setUp();
    await resultOf(critic, "subscribe_to_topics", { topics: ["drafts"] });
    const start = await resultOf(critic, "wait_for_changes", BRIEF);
    expect(start).toMatchObject({ changes: [], more: false, timed_out: true });
    await resultOf(writer, "push_context", { key: "a", value: '{"n":1}', topics: ["drafts"] });
    await resultOf(writer, "push_context", { key: "b", value: "2", subscribers: ["Other"] });
    await mesh.agent("Writer").publish("reviewed", { ok: true }, { topics: ["drafts"] });
    await resultOf(writer, "delete_context", { key: "a" });
    const next = await resultOf(critic, "wait_for_changes", { since: start.cursor });
    expect(next).toMatchObject({
      timed_out: false,
      changes: [
        { type: "put", key: "a", value: { n: 1 }, author: "Writer" },
        { type: "event", event: "reviewed", data: { ok: true }, author: "Writer" },
        { type: "delete", key: "a" },
      ],
    });
    const end = await resultOf(critic, "wait_for_changes", { ...BRIEF, since: next.cursor });
    expect(end).toMatchObject({ changes: [], timed_out: true });
  });

  it("selects by topics or keys, and reports a task's state", async () => {
    const { mesh, critic } = setUp();
    const { cursor } = await resultOf(critic, "wait_for_changes", BRIEF);
    const writer = mesh.agent("Writer");
    for (const key of ["a", "b"]) await writer.push(key, 1, { subscribers: ["Critic"] });
    await (await writer.claim({ key: "b" }))?.complete("done");
    const call = { since: cursor, keys: ["b"] };
    expect((await resultOf(critic, "wait_for_changes", call)).changes).toMatchObject([
      { key: "b", value: 1 },
      { key: "b", value: "done", state: "done" },
    ]);
    const byTopic = { ...BRIEF, since: cursor, topics: ["other"] };
    expect((await resultOf(critic, "wait_for_changes", byTopic)).changes).toEqual([]);
  });

  it("pages by size, and leaves out what is too large", async () => {
    const mesh = new ContextMesh();
    const critic = fullHandler(mesh, "Critic", { maxResultBytes: 2_048 });
    let { cursor } = await resultOf(critic, "wait_for_changes", BRIEF);
    const writer = mesh.agent("Writer");
    for (let i = 0; i < 5; i++) await writer.push(`k${i}`, "x".repeat(400), { global: true });
    await writer.push("big", "x".repeat(5_000), { global: true });
    const seen: unknown[] = [];
    for (let more = true; more;) {
      const page = await resultOf(critic, "wait_for_changes", { since: cursor });
      expect(bytesOf(page)).toBeLessThanOrEqual(2_048);
      seen.push(...page.changes.map(({ key, too_large }) => [key, too_large ?? false]));
      ({ cursor, more } = page);
    }
    expect(seen).toEqual([...[0, 1, 2, 3, 4].map((i) => [`k${i}`, false]), ["big", true]]);
  });

  it("answers an invalid cursor with the way to start over", async () => {
    const { critic } = setUp();
    expect(await failureOf(critic, "wait_for_changes", { since: "made up" })).toMatchObject({
      code: "INVALID_CURSOR",
      hint: "Start over: call wait_for_changes with since null.",
    });
  });

  it("stops waiting when its signal aborts", async () => {
    const { critic } = setUp();
    const stop = new AbortController();
    const args = { timeout_seconds: 3_600 };
    const waiting = critic.handleToolCall("wait_for_changes", args, { signal: stop.signal });
    stop.abort();
    expect(await waiting).toMatchObject({ success: false, code: "ABORTED", retry: "never" });
  });

  it("fails when the mesh closes while it waits", async () => {
    const interceptor: MeshInterceptor = {
      intercept(operation, run) {
        if (operation.name === "watch") setImmediate(() => void mesh.close());
        return run();
      },
      onCommitQueued: () => undefined,
    };
    const mesh = new ContextMesh({ interceptor });
    const critic = fullHandler(mesh, "Critic");
    const failed = await failureOf(critic, "wait_for_changes", { timeout_seconds: 60 });
    expect(failed).toMatchObject({ code: "CLOSED", retry: "never" });
  });

  it("waits no longer than the handler's maxWait", async () => {
    const critic = fullHandler(new ContextMesh(), "Critic", { maxWait: 5 });
    const waited = await resultOf(critic, "wait_for_changes", { timeout_seconds: 3_600 });
    expect(waited.timed_out).toBe(true);
  });
});

describe("ask_agent", () => {
  it("returns the answer that the other agent completes the task with", async () => {
    const { mesh, writer } = setUp();
    const stop = new AbortController();
    const working = mesh
      .agent("Critic")
      .work({ inbox: true }, ({ value }) => ({ good: (value as { draft: string }).draft }), {
        signal: stop.signal,
      });
    const asked = { agent: "Critic", message: '{"draft":"v1"}', timeout_seconds: 60 };
    expect(await resultOf(writer, "ask_agent", asked)).toEqual({
      success: true,
      agent: "Critic",
      answer: { good: "v1" },
    });
    stop.abort();
    await working;
  });

  it("withdraws a question that is not answered in time", async () => {
    const { mesh, writer, critic } = setUp();
    await resultOf(critic, "subscribe_to_topics", { topics: ["a"] });
    const call = { message: "Good?", ...BRIEF };
    const busy = await failureOf(writer, "ask_agent", { ...call, agent: "Critic" });
    expect(busy).toMatchObject({
      code: "TIMEOUT",
      error: '"Critic" did not answer in time.',
      hint: expect.stringContaining("ask again with a longer timeout"),
    });
    const misspelled = await failureOf(writer, "ask_agent", { ...call, agent: "Crtic" });
    expect(misspelled).toMatchObject({
      hint: expect.stringContaining('Did you mean "Critic"?'),
      retry: "corrected_call",
    });
    expect((await mesh.stats()).items).toBe(0);
  });

  it("withdraws a question whose signal aborts", async () => {
    const { mesh, writer } = setUp();
    const stop = new AbortController();
    const args = { agent: "Critic", message: "Good?", timeout_seconds: 3_600 };
    const asking = writer.handleToolCall("ask_agent", args, { signal: stop.signal });
    while ((await mesh.stats()).items === 0) await new Promise(setImmediate);
    stop.abort();
    expect(await asking).toMatchObject({ success: false, code: "ABORTED" });
    expect((await mesh.stats()).items).toBe(0);
  });

  it("returns why the other agent failed", async () => {
    const { mesh, writer } = setUp();
    const stop = new AbortController();
    const refuse = () => {
      throw new Error("I only review drafts.");
    };
    const working = mesh
      .agent("Critic")
      .work({ inbox: true }, refuse, { maxAttempts: 1, signal: stop.signal, onError: () => {} });
    const asked = { agent: "Critic", message: "Lunch?", timeout_seconds: 60 };
    const failed = await failureOf(writer, "ask_agent", asked);
    expect(failed.code).toBe("TASK_FAILED");
    expect(failed.error).toContain("I only review drafts.");
    stop.abort();
    await working;
  });
});
