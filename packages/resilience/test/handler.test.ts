import { ContextMesh, SynthaError } from "@syntha/core";
import {
  type PolicyOptions,
  Policies,
  resilientHandler,
  resilientStorage,
} from "@syntha/resilience";
import { answerCalls, ToolHandler, type ToolHandlerOptions } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";
import { defect, FaultyStorage, lost, silent, slow, unavailable } from "./support/faulty.ts";
import { HOUR, stopClock } from "./support/stop-clock.ts";

/** A busy machine reaches none of these times. */
const QUICK: PolicyOptions = {
  breaker: { failures: 3, halfOpenAfter: "1h" },
  retry: { retries: 2, initialDelay: "1ms" },
  timeout: "30s",
};
const SHORT: PolicyOptions = { ...QUICK, timeout: "100ms" };
const PUSH = { key: "k", value: "1", global: true };

async function resilient(options: PolicyOptions = QUICK, tools: ToolHandlerOptions<""> = {}) {
  const storage = new FaultyStorage();
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  const alone = new ToolHandler(mesh.agent("Ann"), tools);
  await alone.handleToolCall("push_context", PUSH);
  storage.calls.length = 0;
  return { storage, mesh, alone, handler: resilientHandler(alone, options) };
}

it("opens by failed answers", async () => {
  const pass = stopClock();
  const { storage, handler } = await resilient({ ...QUICK, retry: false });
  storage.fail(unavailable);
  for (let i = 0; i < 3; i++)
    expect(await handler.handleToolCall("get_context")).toMatchObject({ code: "UNAVAILABLE" });
  expect(handler.breaker.state).toBe("open");
  const tried = storage.calls.length;
  expect(await handler.handleToolCall("get_context")).toEqual({
    success: false,
    code: "UNAVAILABLE",
    error: "The mesh is unavailable right now.",
    hint: "The circuit is open: call get_context again in 3600 seconds.",
    retry: "same_call",
  });
  expect(storage.calls).toHaveLength(tried);
  storage.fail(undefined);
  pass(HOUR);
  expect(await handler.handleToolCall("get_context")).toMatchObject({ success: true });
  expect(handler.breaker.state).toBe("closed");
});

it("stays closed for wrong calls of a model", async () => {
  const { handler } = await resilient(QUICK, { deny: ["delete_context"] });
  for (let i = 0; i < 10; i++) {
    const answers = await Promise.all([
      handler.handleToolCall("invalid_tool"),
      handler.handleToolCall("delete_context", { key: "k" }),
      handler.handleToolCall("push_context", "{" as never),
      handler.handleToolCall("push_context", { ...PUSH, if_revision: 99 }),
      handler.handleToolCall(7 as never),
    ]);
    expect(answers.map((answer) => !answer.success && answer.code)).toEqual([
      "UNKNOWN_TOOL",
      "TOOL_DENIED",
      "INVALID_ARGUMENTS",
      "CONFLICT",
      "UNKNOWN_TOOL",
    ]);
  }
  expect(handler.breaker).toMatchObject({ state: "closed", counts: { failures: 0 } });
});

it("counts every failed answer with a custom rule", async () => {
  const { handler } = await resilient({ breaker: { failures: 5 }, countsAsFailure: () => true });
  for (let i = 0; i < 6; i++) await handler.handleToolCall("invalid_tool");
  expect(handler.breaker.state).toBe("open");
  expect(await handler.handleToolCall("subscribe_to_topics", { topics: ["test"] })).toMatchObject({
    success: false,
    code: "UNAVAILABLE",
    hint: "The circuit is open: call subscribe_to_topics again in 30 seconds.",
  });
});

it("does not close by a probe with invalid arguments", async () => {
  const pass = stopClock();
  const { storage, handler } = await resilient({ ...QUICK, retry: false });
  storage.fail(unavailable);
  for (let i = 0; i < 3; i++) await handler.handleToolCall("get_context");
  pass(HOUR);
  expect(await handler.handleToolCall("get_context", { keys: true } as never)).toMatchObject({
    code: "INVALID_ARGUMENTS",
  });
  expect(handler.breaker.state).toBe("half-open");
  await handler.handleToolCall("get_context");
  expect(handler.breaker.state).toBe("open");
});

it("retries failed reads, and writes that did not happen", async () => {
  const { storage, handler } = await resilient();
  storage.failNext(unavailable, defect);
  expect(await handler.handleToolCall("get_context", { keys: ["k"] })).toMatchObject({
    success: true,
  });
  storage.failNext(unavailable, unavailable);
  expect(await handler.handleToolCall("push_context", PUSH)).toMatchObject({ success: true });
  expect(storage.calls).toEqual(["get", "get", "get", "commit", "commit", "commit"]);
});

it.each([
  ["whose answer is lost", lost],
  ["that throws an unexpected error", defect],
  ["that times out", slow],
])("never repeats a write %s", async (_, fault) => {
  const { storage, handler } = await resilient(SHORT);
  storage.failNext(fault);
  expect(await handler.handleToolCall("push_context", PUSH)).toEqual({
    success: false,
    code: "UNKNOWN_OUTCOME",
    error: "It is unknown whether all of this was written.",
    hint: "Check with get_context whether the change was made before you repeat the call.",
    retry: "corrected_call",
  });
  expect(storage.calls).toEqual(["commit"]);
});

it("answers a read that times out", async () => {
  const { storage, handler } = await resilient({ ...SHORT, retry: false });
  storage.fail(silent);
  expect(await handler.handleToolCall("list_context")).toMatchObject({
    code: "TIMEOUT",
    hint: "Call list_context again in a moment.",
    retry: "same_call",
  });
});

it("lets tools that wait exceed the timeout, without counting an agent that does not answer", async () => {
  const { handler } = await resilient(SHORT, { toolsets: ["live"] });
  const waited = await handler.handleToolCall("wait_for_changes", { timeout_seconds: 0.3 });
  expect(waited).toMatchObject({ success: true, timed_out: true });
  const question = { agent: "Bea", message: "Still there?", timeout_seconds: 0.001 };
  for (let i = 0; i < 4; i++)
    expect(await handler.handleToolCall("ask_agent", question)).toMatchObject({ code: "TIMEOUT" });
  expect(handler.breaker.state).toBe("closed");
});

it("recognizes reads by their prefixed name", async () => {
  const { storage, mesh } = await resilient();
  const handler = resilientHandler(new ToolHandler(mesh.agent("Ann"), { prefix: "mesh_" }), QUICK);
  storage.failNext(defect);
  const answer = await handler.handleToolCall("mesh_get_context", { keys: ["k"] });
  expect(answer.success && answer.context).toEqual({ k: "1" });
});

it("exposes the lists and roles of the handler", async () => {
  const { alone, handler } = await resilient(QUICK, { role: "readonly" });
  expect(handler.tools()).toEqual(alone.tools());
  expect(handler.availableTools()).toEqual(alone.availableTools());
  expect(handler.accessSummary()).toEqual(alone.accessSummary());
  expect([handler.agentName, handler.tenantId]).toEqual(["Ann", "default"]);
  expect([handler.knows("push_context"), handler.can("push_context")]).toEqual([true, false]);
  handler.deny.add("get_context");
  expect(await handler.handleToolCall("get_context")).toMatchObject({ code: "TOOL_DENIED" });
  handler.deny.remove("get_context");
  expect(await handler.handleToolCall("get_context")).toMatchObject({ success: true });
  handler.setRole(["push_context"]);
  expect([handler.role, alone.role]).toEqual([["push_context"], ["push_context"]]);
  expect(await handler.handleToolCall("get_context")).toMatchObject({ code: "TOOL_DENIED" });
});

it("passes the id of each call to the handler", async () => {
  const { mesh } = await resilient();
  const calls: unknown[] = [];
  class Recording extends ToolHandler {
    override async handleToolCall(...call: unknown[]): Promise<never> {
      calls.push(call);
      return { success: true } as never;
    }
  }
  const handler = resilientHandler(new Recording(mesh.agent("Ann")));
  await handler.handleToolCall("list_context", {}, { id: "call_7" });
  expect(calls).toEqual([["list_context", {}, { id: "call_7" }]]);
});

it("answers the calls of a message in order", async () => {
  const { handler } = await resilient();
  const answers = await answerCalls(handler, [
    { id: "1", name: "push_context", arguments: '{"key":"note","value":"hi","global":true}' },
    { id: "2", name: "get_context", arguments: '{"keys":["note"]}' },
  ]);
  expect(answers.map(({ id, failed }) => [id, failed])).toEqual([
    ["1", false],
    ["2", false],
  ]);
  expect(answers[1]?.text).toContain('"note":"hi"');
});

it("shares an outage between agents through shared policies", async () => {
  const { storage, mesh } = await resilient();
  const policies = new Policies({ ...QUICK, retry: false });
  const [ann, bea] = ["Ann", "Bea"].map((name) =>
    resilientHandler(new ToolHandler(mesh.agent(name)), policies),
  );
  storage.fail(unavailable);
  for (let i = 0; i < 3; i++) await ann!.handleToolCall("get_context");
  storage.calls.length = 0;
  expect(await bea!.handleToolCall("get_context")).toMatchObject({ code: "UNAVAILABLE" });
  expect(storage.calls).toEqual([]);
});

it("uses the hint of the circuit under the mesh", async () => {
  const storage = resilientStorage(new FaultyStorage());
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  const handler = new ToolHandler(mesh.agent("Ann"));
  await handler.handleToolCall("list_context");
  storage.breaker.isolate();
  expect(await handler.handleToolCall("list_context")).toMatchObject({
    code: "UNAVAILABLE",
    hint: "The circuit is isolated until your operator releases it: continue without the mesh.",
  });
});

it("does not retry a call refused by the circuit under the mesh", async () => {
  const storage = resilientStorage(new FaultyStorage());
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  const handler = resilientHandler(new ToolHandler(mesh.agent("Ann")), QUICK);
  await handler.handleToolCall("list_context");
  storage.breaker.isolate();
  expect(await handler.handleToolCall("list_context")).toMatchObject({ code: "UNAVAILABLE" });
  expect(storage.breaker.counts.refused).toBe(1);
});

it("does not count a tenant that is being copied", async () => {
  const { storage, handler } = await resilient();
  storage.fail(async () => {
    const details = { loading: true } as const;
    throw new SynthaError("UNAVAILABLE", "It is being copied.", { details });
  });
  for (let i = 0; i < 5; i++) {
    const answer = await handler.handleToolCall("push_context", PUSH);
    expect(answer).toMatchObject({ code: "UNAVAILABLE" });
  }
  expect(handler.breaker).toMatchObject({ state: "closed", counts: { failures: 0 } });
  expect(storage.calls).toHaveLength(5);
});
