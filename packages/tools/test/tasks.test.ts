import { ContextMesh, MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { describe, expect, it } from "vitest";
import { failed, fullHandler, must } from "./support.ts";

const setUp = async () => {
  const clock = manualClock();
  const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }) });
  const [boss, first, second] = ["Boss", "First", "Second"].map((name) => fullHandler(mesh, name));
  for (const worker of [first, second])
    await must(worker!.handleToolCall("subscribe_to_topics", { topics: ["work"] }));
  for (const key of ["task:1", "task:2"])
    await must(
      boss!.handleToolCall("push_context", { key, value: '{"do":"it"}', topics: ["work"] }),
    );
  return { clock, mesh, boss: boss!, first: first!, second: second! };
};

async function claim(handler: Awaited<ReturnType<typeof setUp>>["first"]) {
  const { task } = await must(handler.handleToolCall("claim_task", { topic: "work" }));
  if (task === null) throw new Error("There was nothing to claim.");
  return task;
}

describe("working by tools", () => {
  it("gives each worker another task, oldest first, and then none", async () => {
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
    const none = await must(second.handleToolCall("claim_task", { topic: "work" }));
    expect(none).toMatchObject({ task: null, hint: expect.stringContaining("Try again later") });
  });

  it("routes a result, structured, and lets nobody claim it again", async () => {
    const { boss, first } = await setUp();
    const { key, token } = await claim(first);
    const done = await must(
      first.handleToolCall("complete_task", {
        key,
        token,
        result: '{"answer":42}',
        subscribers: ["Boss"],
      }),
    );
    expect(done).toEqual({ success: true, key, revision: 6, topics_without_subscribers: [] });
    const read = await must(boss.handleToolCall("get_context", { keys: [key] }));
    expect(read).toMatchObject({
      context: { [key]: { answer: 42 } },
      meta: { [key]: { author: "First" } },
    });
    expect(await must(first.handleToolCall("claim_task", { key }))).toMatchObject({ task: null });
  });

  it("removes a task that is completed without a result", async () => {
    const { mesh, first } = await setUp();
    const { key, token } = await claim(first);
    const lost = await failed(
      first.handleToolCall("complete_task", { key, token, topics: ["results"] }),
    );
    expect(lost).toMatchObject({
      code: "INVALID_ARGUMENTS",
      hint: expect.stringContaining("Add a result"),
    });
    const done = await must(
      first.handleToolCall("complete_task", { key, token, result: null, topics: null }),
    );
    expect(done).toEqual({ success: true, key, revision: null, topics_without_subscribers: [] });
    expect(await mesh.system.get(key)).toBeUndefined();
  });

  it("keeps a lease that is extended, and refuses a token past its end", async () => {
    const { clock, first, second } = await setUp();
    const { key, token } = await claim(first);
    clock.advance("4m");
    const extended = await must(
      first.handleToolCall("extend_task", { key, token, lease_minutes: 10 }),
    );
    expect(extended.lease_expires_at).toBe("2030-01-01T00:14:00.000Z");
    clock.advance("10m");
    for (const tool of ["extend_task", "complete_task", "release_task"] as const) {
      const late = await failed(first.handleToolCall(tool, { key, token }));
      expect(late).toMatchObject({
        code: "STALE_TOKEN",
        hint: expect.stringContaining("claim_task"),
      });
    }
    expect(await must(second.handleToolCall("claim_task", { key }))).toMatchObject({
      task: { attempt: 2 },
    });
  });

  it("refuses another agent's token, a made-up one, and one for another key alike", async () => {
    const { first, second } = await setUp();
    const { key, token } = await claim(first);
    const calls = [
      second.handleToolCall("complete_task", { key, token }),
      first.handleToolCall("complete_task", { key, token: "1'; DROP TABLE items" }),
      first.handleToolCall("complete_task", { key: "task:2", token }),
      first.handleToolCall("release_task", { key: "nothing", token }),
    ];
    for (const call of calls) expect(await failed(call)).toMatchObject({ code: "STALE_TOKEN" });
  });

  it("gives a task back for now or for later", async () => {
    const { clock, first, second } = await setUp();
    const { key, token } = await claim(first);
    await must(first.handleToolCall("release_task", { key, token, retry_in_minutes: 30 }));
    expect(await must(second.handleToolCall("claim_task", { key }))).toMatchObject({ task: null });
    clock.advance("30m");
    expect(await must(second.handleToolCall("claim_task", { key }))).toMatchObject({
      task: { attempt: 2 },
    });
  });

  it("sends a worker who is not subscribed to the tool that subscribes it", async () => {
    const { mesh, boss } = await setUp();
    const refused = await failed(boss.handleToolCall("claim_task", { topic: "work" }));
    expect(refused).toMatchObject({
      code: "FORBIDDEN",
      hint: 'Call subscribe_to_topics with topics ["work"] first.',
    });
    const lone = fullHandler(mesh, "Lone", { toolsets: ["tasks"] });
    expect((await failed(lone.handleToolCall("claim_task", { topic: "work" }))).hint).not.toContain(
      "subscribe_to",
    );
    for (const args of [{}, { topic: "work", key: "task:1" }])
      expect(await failed(boss.handleToolCall("claim_task", args))).toMatchObject({
        code: "INVALID_ARGUMENTS",
      });
  });

  it("gives a claimed task whole, whatever its size", async () => {
    const { boss, first } = await setUp();
    const value = "x".repeat(50_000);
    await must(boss.handleToolCall("push_context", { key: "big", value, subscribers: ["First"] }));
    const { task } = await must(first.handleToolCall("claim_task", { key: "big" }));
    expect(task?.value).toBe(value);
  });

  it("lets results end by the handler's default time to live", async () => {
    const { mesh } = await setUp();
    const brief = fullHandler(mesh, "First", { defaultTtl: "1h" });
    const { key, token } = await claim(brief);
    await must(brief.handleToolCall("complete_task", { key, token, result: "done" }));
    expect((await mesh.system.getItem(key))?.expiresAt?.toISOString()).toBe(
      "2030-01-01T01:00:00.000Z",
    );
  });
});
