import { ContextMesh, isSynthaError, MemoryStorage, SynthaError } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import { OutcomeLog } from "@syntha/telemetry";
import { expect, it, onTestFinished } from "vitest";

function start(): { mesh: ContextMesh; log: OutcomeLog; clock: ManualClock } {
  const clock = manualClock();
  const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }) });
  onTestFinished(() => mesh.close());
  return { mesh, log: new OutcomeLog(mesh.system, { clock }), clock };
}

it("lists the newest outcomes first and filters them", async () => {
  const { log, clock } = start();
  await log.record({ agent: "Triage", task: "classify", success: true, durationMs: 5 });
  clock.advance("2h");
  await log.record({ agent: "Triage", task: "answer", success: false, error: "no model" });
  await log.record({ agent: "Sales", task: "answer", success: true, output: { text: "Yes" } });
  const tasks = async (filter?: Parameters<OutcomeLog["recent"]>[0]): Promise<string[]> =>
    (await log.recent(filter)).outcomes.map(({ agent, task }) => `${agent} ${task}`);
  expect(await tasks()).toEqual(["Sales answer", "Triage answer", "Triage classify"]);
  expect(await tasks({ since: "1h" })).toEqual(["Sales answer", "Triage answer"]);
  expect(await tasks({ agent: "Triage" })).toEqual(["Triage answer", "Triage classify"]);
  expect(await tasks({ task: "answer", success: true })).toEqual(["Sales answer"]);
  const [newest] = (await log.recent({ limit: 1 })).outcomes;
  expect(newest).toMatchObject({ output: { text: "Yes" }, at: new Date(clock()) });
});

it("truncates fractional milliseconds of the clock", async () => {
  const { mesh } = start();
  const log = new OutcomeLog(mesh.system, { clock: () => 1_767_225_600_000.7 });
  const { id } = await log.record({ agent: "Triage", task: "classify", success: true });
  expect((await log.recent()).outcomes).toMatchObject([{ id, at: new Date(1_767_225_600_000) }]);
});

it("lists each outcome once while new ones are recorded", async () => {
  const { log } = start();
  for (let i = 0; i < 25; i++)
    await log.record({ agent: i % 2 ? "A" : "B", task: `task ${i}`, success: true });
  for (const filter of [{}, { agent: "A" }]) {
    const seen: string[] = [];
    let page;
    do {
      const listing = await log.recent({ ...filter, limit: 4, page });
      expect(listing.outcomes.length).toBeLessThanOrEqual(4);
      seen.push(...listing.outcomes.map(({ task }) => task));
      page = listing.nextPage;
      await log.record({ agent: "New", task: "new", success: true });
    } while (page !== undefined);
    const old = seen.filter((task) => task !== "new");
    const count = "agent" in filter ? 12 : 25;
    expect([old.length, new Set(old).size]).toEqual([count, count]);
  }
});

it("aggregates by agent and task", async () => {
  const { log } = start();
  for (let ms = 1; ms <= 100; ms++)
    await log.record({ agent: "Triage", task: "classify", success: ms > 10, durationMs: ms });
  await log.record({ agent: "Sales", task: "answer", success: true });
  const one = { count: 1, succeeded: 1, failed: 0, successRate: 1, durationMs: undefined };
  expect(await log.metrics()).toEqual([
    {
      agent: "Triage",
      task: "classify",
      count: 100,
      succeeded: 90,
      failed: 10,
      successRate: 0.9,
      durationMs: { count: 100, mean: 50.5, p50: 50, p95: 95, max: 100 },
    },
    { agent: "Sales", task: "answer", ...one },
  ]);
  expect((await log.metrics({ by: [] })).map(({ count }) => count)).toEqual([101]);
  const answers = await log.metrics({ by: ["agent"], task: "answer" });
  expect(answers.map(({ agent }) => agent)).toEqual(["Sales"]);
});

it("measures a function and returns its result", async () => {
  const { log } = start();
  expect(await log.measure("add", async () => 1 + 1, { agent: "Sales" })).toBe(2);
  const failing = log.measure(
    "fail",
    () => {
      throw new SynthaError("UNAVAILABLE", "No model.");
    },
    { agent: "Sales", input: { ticket: 7 } },
  );
  await expect(failing).rejects.toThrow("No model.");
  const answer = { success: false, code: "CONFLICT" };
  await log.measure("judged", () => answer, {
    agent: "Sales",
    outcomeOf: ({ success, code }) => ({ success, error: code }),
  });
  const { outcomes } = await log.recent();
  expect(outcomes).toMatchObject([
    { task: "judged", success: false, error: "CONFLICT" },
    { task: "fail", success: false, error: "UNAVAILABLE: No model.", input: { ticket: 7 } },
    { task: "add", success: true },
  ]);
  expect(outcomes[2]?.durationMs).toBeGreaterThanOrEqual(0);
});

it("returns the result even if recording fails", async () => {
  const { mesh } = start();
  const errors: unknown[] = [];
  const log = new OutcomeLog(mesh.system, { onError: (error) => errors.push(error) });
  const huge = { agent: "Sales", input: "x".repeat(300_000) };
  expect(await log.measure("huge", () => "kept", huge)).toBe("kept");
  expect((await log.recent()).outcomes).toMatchObject([{ task: "huge", success: true }]);
  await mesh.close();
  expect(await log.measure("late", () => "kept", { agent: "Sales" })).toBe("kept");
  expect(errors.map((error) => isSynthaError(error, "CLOSED"))).toEqual([true]);
});

it("returns results and errors despite failing callbacks", async () => {
  const { mesh } = start();
  const errors: unknown[] = [];
  const withBrokenRule = {
    agent: "Sales",
    outcomeOf: () => {
      throw new Error("the rule fails");
    },
  };
  const log = new OutcomeLog(mesh.system, { onError: (error) => errors.push(error) });
  expect(await log.measure("judged", () => "kept", withBrokenRule)).toBe("kept");
  expect(errors).toMatchObject([{ message: "the rule fails" }]);
  const broken = new OutcomeLog(mesh.system, { onError: withBrokenRule.outcomeOf });
  expect(await broken.measure("judged", () => "kept", withBrokenRule)).toBe("kept");
  const noPrototype: unknown = Object.create(null);
  const noMessage = Object.assign(new Error(), { message: undefined });
  for (const thrown of [noPrototype, noMessage]) {
    const throwing = (): never => {
      throw thrown;
    };
    await expect(log.measure("thrown", throwing, { agent: "Sales" })).rejects.toBe(thrown);
  }
  expect((await log.recent()).outcomes).toMatchObject([
    { task: "thrown", success: false, error: "undefined" },
    { task: "thrown", success: false, error: "Unknown error" },
  ]);
});

it.each([
  [null, "options"],
  [{ prefix: "p".repeat(200) }, "prefix"],
  [{ onError: "no" }, "onError"],
])("refuses options %j", (options, path) => {
  const { mesh } = start();
  expect(() => new OutcomeLog(mesh.system, options as never)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENTS", details: { path } }),
  );
});

it("shows outcomes only to agents on their route", async () => {
  const { mesh, log } = start();
  const [auditor, sales] = [mesh.agent("Auditor"), mesh.agent("Sales")];
  await auditor.subscribe(["outcomes"]);
  await log.record({ agent: "Sales", task: "answer", success: true });
  expect((await new OutcomeLog(auditor).recent()).outcomes).toHaveLength(1);
  expect((await new OutcomeLog(sales).recent()).outcomes).toEqual([]);
  expect(await sales.getAll()).toEqual({});
});

it("uses the recorded author as the agent of an outcome", async () => {
  const { mesh, log } = start();
  const sales = mesh.agent("Sales");
  const own = new OutcomeLog(sales);
  const { id } = await own.record({ task: "answer", success: true });
  const forged = { agent: "Triage", task: "answer", success: false };
  await sales.push(`outcome:${id}`, forged);
  expect((await log.recent()).outcomes).toMatchObject([{ agent: "Sales", success: false }]);
  await expect(own.record({ ...forged })).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
});

it("ignores other items with its prefix", async () => {
  const { mesh, log } = start();
  await mesh.system.push("outcome:note", "hello", { global: true });
  const forged = { agent: "Sales", task: "answer", success: true };
  const values = [{ task: 7 }, { ...forged, durationMs: -1 }, { ...forged, error: {} }];
  for (const [i, value] of values.entries())
    await mesh.system.push(`outcome:0123456789abc-0123456${i}`, value, { global: true });
  expect(await log.recent()).toEqual({ outcomes: [], nextPage: undefined });
  expect(await log.metrics()).toEqual([]);
});

it("clears its own outcomes by age, and lets others expire", async () => {
  const { mesh, log, clock } = start();
  const agents = new OutcomeLog(mesh.agent("Sales"), { clock, ttl: false });
  await log.record({ agent: "Triage", task: "old", success: true });
  await agents.record({ task: "old", success: true });
  clock.advance("2d");
  await log.record({ agent: "Triage", task: "new", success: true });
  expect(await agents.clear({ olderThan: "1d" })).toBe(1);
  expect(await log.clear({ olderThan: "1d" })).toBe(1);
  expect((await log.recent()).outcomes.map(({ task }) => task)).toEqual(["new"]);
  clock.advance("31d");
  expect((await log.recent()).outcomes).toEqual([]);
});

it.each([
  [{ success: true, agent: "A" }, "task"],
  [{ task: "", success: true, agent: "A" }, "task"],
  [{ task: "t", success: 1, agent: "A" }, "success"],
  [{ task: "t", success: true }, "agent"],
  [{ task: "t", success: true, agent: "A", durationMs: -1 }, "durationMs"],
  [{ task: "t", success: true, agent: "A", error: {} }, "error"],
  [{ task: "t", success: true, agent: "A", metadata: [] }, "metadata"],
])("refuses an invalid outcome: %j", async (input, path) => {
  const { log } = start();
  const refused = await log.record(input as never).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "INVALID_ARGUMENTS", details: { path } });
});

it("refuses invalid filters", async () => {
  const { log } = start();
  for (const call of [
    log.recent({ limit: 0 }),
    log.recent({ since: "soon" as never }),
    log.metrics({ by: ["hour" as never] }),
    log.clear({ olderThan: new Date(Number.NaN) }),
  ])
    await expect(call).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
  await expect(log.recent({ page: "p1.x" })).rejects.toMatchObject({ code: "INVALID_CURSOR" });
});
