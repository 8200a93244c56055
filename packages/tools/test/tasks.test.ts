import { ContextMesh, MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { describe, expect, it } from "vitest";
import { ToolHandler, TOOLSETS } from "../src/index.ts";
import { codeOf, failureOf, fullHandler, resultOf } from "./support.ts";

const setUp = async () => {
  const clock = manualClock();
  const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }) });
  const [boss, first, second] = ["Boss", "First", "Second"].map((name) => fullHandler(mesh, name));
  for (const worker of [first, second])
    await resultOf(worker!, "subscribe_to_topics", { topics: ["work"] });
  for (const key of ["task:1", "task:2"])
    await resultOf(boss!, "push_context", { key, value: '{"do":"it"}', topics: ["work"] });
  return { clock, mesh, boss: boss!, first: first!, second: second! };
};

async function claim(handler: Awaited<ReturnType<typeof setUp>>["first"]) {
  const { task } = await resultOf(handler, "claim_task", { topics: ["work"] });
  if (task === null) throw new Error("There was nothing to claim.");
  return task;
}

const heldBy = ({ key, token }: { key: string; token: string }) => ({ key, token });

describe("task tools", () => {
  it("gives each worker another task, oldest first", async () => {
    const { first, second } = await setUp();
    const task = await claim(first);
    expect(task).toMatchObject({
      key: "task:1",
      value: { do: "it" },
      attempt: 1,
      author: "Boss",
      revision: 3,
      lease_expires_at: "2030-01-01T00:05:00.000Z",
    });
    expect((await claim(second)).key).toBe("task:2");
    const none = await resultOf(second, "claim_task", { topics: ["work"] });
    expect(none).toMatchObject({ task: null, hint: expect.stringContaining("Try again later") });
  });

  it("routes a structured result that cannot be claimed again", async () => {
    const { boss, first } = await setUp();
    const { key, token } = await claim(first);
    const done = await resultOf(first, "complete_task", {
      key,
      token,
      result: '{"answer":42}',
      subscribers: ["Boss"],
    });
    expect(done).toEqual({ success: true, key, revision: 6, topics_without_subscribers: [] });
    const read = await resultOf(boss, "get_context", { keys: [key] });
    const [value, meta] = [{ answer: 42 }, { author: "First" }];
    expect(read).toMatchObject({ context: { [key]: value }, meta: { [key]: meta } });
    expect(await resultOf(first, "claim_task", { key })).toMatchObject({ task: null });
  });

  it("deletes a task that is completed without a result", async () => {
    const { mesh, first } = await setUp();
    const { key, token } = await claim(first);
    const lost = await failureOf(first, "complete_task", { key, token, topics: ["results"] });
    expect(lost).toMatchObject({
      code: "INVALID_ARGUMENTS",
      hint: expect.stringContaining("Add a result"),
    });
    const done = await resultOf(first, "complete_task", { key, token, result: null, topics: null });
    expect(done).toEqual({ success: true, key, revision: null, topics_without_subscribers: [] });
    expect(await mesh.system.get(key)).toBeUndefined();
  });

  it("extends a lease and refuses an expired token", async () => {
    const { clock, first, second } = await setUp();
    const { key, token } = await claim(first);
    clock.advance("4m");
    const extended = await resultOf(first, "extend_task", { key, token, lease_minutes: 10 });
    expect(extended.lease_expires_at).toBe("2030-01-01T00:14:00.000Z");
    clock.advance("10m");
    for (const tool of ["extend_task", "complete_task", "release_task"] as const) {
      const late = await failureOf(first, tool, { key, token });
      expect(late).toMatchObject({
        code: "STALE_TOKEN",
        hint: expect.stringContaining("claim_task"),
      });
    }
    expect(await resultOf(second, "claim_task", { key })).toMatchObject({ task: { attempt: 2 } });
  });

  it("refuses tokens of another agent or key, and invalid ones", async () => {
    const { first, second } = await setUp();
    const { key, token } = await claim(first);
    for (const [handler, tool, args] of [
      [second, "complete_task", { key, token }],
      [first, "complete_task", { key, token: "1'; DROP TABLE items" }],
      [first, "complete_task", { key: "task:2", token }],
      [first, "release_task", { key: "nothing", token }],
    ] as const)
      expect(await codeOf(handler, tool, args)).toBe("STALE_TOKEN");
  });

  it("releases a task for now or for later", async () => {
    const { clock, first, second } = await setUp();
    const { key, token } = await claim(first);
    await resultOf(first, "release_task", { key, token, retry_in_minutes: 30 });
    expect(await resultOf(second, "claim_task", { key })).toMatchObject({ task: null });
    clock.advance("30m");
    expect(await resultOf(second, "claim_task", { key })).toMatchObject({ task: { attempt: 2 } });
  });

  it("directs an unsubscribed worker to subscribe_to_topics", async () => {
    const { mesh, boss } = await setUp();
    const refused = await failureOf(boss, "claim_task", { topics: ["work"] });
    expect(refused).toMatchObject({
      code: "FORBIDDEN",
      hint: 'Call subscribe_to_topics with topics ["work"] first.',
    });
    const lone = fullHandler(mesh, "Lone", { toolsets: ["tasks"] });
    expect((await failureOf(lone, "claim_task", { topics: ["work"] })).hint).not.toContain(
      "subscribe_to",
    );
    for (const args of [{}, { topics: ["work"], key: "task:1" }])
      expect(await codeOf(boss, "claim_task", args)).toBe("INVALID_ARGUMENTS");
  });

  it("returns a claimed task in full, whatever its size", async () => {
    const { boss, first } = await setUp();
    const value = "x".repeat(50_000);
    await resultOf(boss, "push_context", { key: "big", value, subscribers: ["First"] });
    const { task } = await resultOf(first, "claim_task", { key: "big" });
    expect(task?.value).toBe(value);
  });

  it("applies the handler's defaultTtl to results", async () => {
    const { mesh } = await setUp();
    const brief = fullHandler(mesh, "First", { defaultTtl: "1h" });
    const { key, token } = await claim(brief);
    await resultOf(brief, "complete_task", { key, token, result: "done" });
    expect((await mesh.system.getItem(key))?.expiresAt?.toISOString()).toBe(
      "2030-01-01T01:00:00.000Z",
    );
  });

  it("claims the highest priority of several topics and the inbox first", async () => {
    const { boss, first } = await setUp();
    const urgent = { key: "task:3", value: "now", subscribers: ["First"], priority: 5 };
    await resultOf(boss, "push_context", urgent);
    await resultOf(first, "subscribe_to_topics", { topics: ["more"] });
    const call = { topics: ["work", "more"], inbox: true };
    const { task } = await resultOf(first, "claim_task", call);
    expect(task?.key).toBe("task:3");
    expect((await resultOf(first, "claim_task", { inbox: true })).task).toBeNull();
    expect((await resultOf(first, "claim_task", call)).task?.key).toBe("task:1");
  });

  it("keeps a task back until those that it depends on are done", async () => {
    const { boss, first } = await setUp();
    await resultOf(boss, "push_context", {
      key: "report",
      value: "write",
      subscribers: ["First"],
      depends_on: ["task:1"],
    });
    expect(await resultOf(first, "claim_task", { key: "report" })).toMatchObject({
      task: null,
      hint: 'It waits for ["task:1"]. Try again later.',
    });
    expect(await resultOf(first, "get_context", { keys: ["report"] })).toMatchObject({
      meta: { report: { waits_for: ["task:1"] } },
    });
    await resultOf(first, "complete_task", { ...heldBy(await claim(first)), result: "ok" });
    expect((await resultOf(first, "claim_task", { inbox: true })).task?.key).toBe("report");
    const missing = await failureOf(boss, "push_context", {
      key: "more",
      value: "x",
      global: true,
      depends_on: ["tsk:1"],
    });
    expect(missing).toMatchObject({ code: "NOT_FOUND", retry: "corrected_call" });
  });

  it("hands a task off to the next stage with a new value and audience", async () => {
    const { mesh, boss, first, second } = await setUp();
    const task = await claim(first);
    expect(
      await resultOf(first, "hand_off_task", {
        ...heldBy(task),
        value: '{"draft":1}',
        subscribers: ["Secnd"],
      }),
    ).toMatchObject({
      key: task.key,
      unknown_subscribers: ["Secnd"],
      did_you_mean: { Secnd: "Second" },
      hint: expect.stringContaining("discover_agents"),
    });
    expect((await failureOf(first, "extend_task", heldBy(task))).code).toBe("STALE_TOKEN");
    await mesh.agent("Boss").push(task.key, { draft: 1 }, { subscribers: ["Second"] });
    const next = await resultOf(second, "claim_task", { inbox: true });
    expect(next.task).toMatchObject({ key: task.key, value: { draft: 1 }, attempt: 1 });
    await resultOf(second, "hand_off_task", { ...heldBy(next.task!), value: "kept" });
    expect(await resultOf(boss, "get_context", { keys: [task.key] })).toMatchObject({
      context: { [task.key]: "kept" },
    });
    expect((await resultOf(second, "claim_task", { inbox: true })).task?.value).toBe("kept");
  });

  it("shows the next worker why an attempt failed", async () => {
    const { first, second } = await setUp();
    const task = await claim(first);
    await resultOf(first, "release_task", { ...heldBy(task), error: "The source is offline." });
    const last_failure = { message: "The source is offline.", agent: "First", attempt: 1 };
    expect(await resultOf(second, "get_context", { keys: [task.key] })).toMatchObject({
      meta: { [task.key]: { last_failure } },
    });
    const { task: again } = await resultOf(second, "claim_task", { key: task.key });
    expect(again).toMatchObject({ attempt: 2, last_failure });
    expect(await resultOf(first, "claim_task", { key: task.key })).toMatchObject({
      hint: "It is claimed by an agent. Try again later.",
    });
  });

  it("retries a failed task for its owner", async () => {
    const { mesh, boss, first } = await setUp();
    const lease = await mesh.agent("First").claim({ key: "task:1" });
    await lease?.release({ maxAttempts: 1, error: "No budget." });
    expect(await resultOf(first, "claim_task", { key: "task:1" })).toMatchObject({
      hint: 'It has failed: "No budget.". Its owner can call retry_task.',
    });
    expect(await resultOf(boss, "get_context", { keys: ["task:1"] })).toMatchObject({
      meta: { "task:1": { state: "failed", last_failure: { message: "No budget." } } },
    });
    const foreign = await failureOf(first, "retry_task", { key: "task:1" });
    expect(foreign).toMatchObject({ code: "NOT_OWNER", retry: "never" });
    await resultOf(boss, "retry_task", { key: "task:1" });
    expect(await failureOf(boss, "retry_task", { key: "task:1" })).toMatchObject({
      code: "CONFLICT",
      retry: "never",
    });
    expect((await claim(first)).key).toBe("task:2");
    expect((await claim(first)).key).toBe("task:1");
  });

  it("refuses the system's inbox", async () => {
    const { mesh } = await setUp();
    const system = new ToolHandler(mesh.system, { role: "admin", toolsets: TOOLSETS });
    expect(await failureOf(system, "claim_task", { inbox: true })).toMatchObject({
      code: "INVALID_ARGUMENTS",
      hint: "The system has no inbox: name topics or a key.",
    });
  });
});
