import { ContextMesh, MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { describe, expect, it } from "vitest";
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
  const { task } = await resultOf(handler, "claim_task", { topic: "work" });
  if (task === null) throw new Error("There was nothing to claim.");
  return task;
}

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
    const none = await resultOf(second, "claim_task", { topic: "work" });
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
    const refused = await failureOf(boss, "claim_task", { topic: "work" });
    expect(refused).toMatchObject({
      code: "FORBIDDEN",
      hint: 'Call subscribe_to_topics with topics ["work"] first.',
    });
    const lone = fullHandler(mesh, "Lone", { toolsets: ["tasks"] });
    expect((await failureOf(lone, "claim_task", { topic: "work" })).hint).not.toContain(
      "subscribe_to",
    );
    for (const args of [{}, { topic: "work", key: "task:1" }])
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
});
