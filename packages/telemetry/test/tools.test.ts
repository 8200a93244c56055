import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { answerCalls } from "@syntha/tools";
import { expect, it } from "vitest";
import { instrumented } from "./support/instrumented.ts";

const push = { key: "inquiry", value: "hello", global: true } as const;

it("records a tool call by the GenAI conventions", async () => {
  const { sdk, handler } = instrumented();
  const [answer] = await answerCalls(handler, [
    { id: "call_1", name: "push_context", arguments: JSON.stringify(push) },
  ]);
  expect(answer?.failed).toBe(false);
  const [span] = sdk.named("execute_tool push_context");
  expect(span?.kind).toBe(SpanKind.INTERNAL);
  expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  expect(span?.attributes).toEqual({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "push_context",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": "call_1",
    "gen_ai.agent.name": "Triage",
    "syntha.tenant.id": expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});

it("measures durations with the buckets of the conventions", async () => {
  const { sdk, handler } = instrumented();
  await handler.handleToolCall("list_context", {});
  await handler.handleToolCall("list_context", {});
  const { descriptor, dataPoints } = await sdk.histogram("gen_ai.execute_tool.duration");
  expect(descriptor).toMatchObject({ unit: "s", type: "HISTOGRAM" });
  expect(dataPoints).toHaveLength(1);
  expect(dataPoints[0]?.attributes).toEqual({
    "gen_ai.tool.name": "list_context",
    "gen_ai.tool.type": "function",
    "gen_ai.agent.name": "Triage",
  });
  expect(dataPoints[0]?.value).toMatchObject({ count: 2 });
  expect(dataPoints[0]?.value.buckets.boundaries.slice(0, 2)).toEqual([0.01, 0.02]);
  expect(dataPoints[0]?.value.max).toBeLessThan(1);
});

it.each([
  ["INVALID_ARGUMENTS", "push_context", { key: "" }, "push_context"],
  ["ROUTE_REQUIRED", "push_context", { key: "a", value: "b" }, "push_context"],
  ["CONFLICT", "push_context", { ...push, if_revision: 7 }, "push_context"],
  ["TOOL_DENIED", "delete_topic", { topic: "a" }, "delete_topic"],
  // The name of an unknown tool is not recorded.
  ["UNKNOWN_TOOL", "drop_secret_table", {}, "_OTHER"],
])("records a call that failed with %s", async (code, name, args, recorded) => {
  const { sdk, handler } = instrumented();
  const answer = await handler.handleToolCall(name, args);
  expect(answer).toMatchObject({ success: false, code });
  const [span] = sdk.named(`execute_tool ${recorded}`);
  expect(span?.attributes).toMatchObject({ "error.type": code, "gen_ai.tool.name": recorded });
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: code });
  const { dataPoints } = await sdk.histogram("gen_ai.execute_tool.duration");
  expect(dataPoints[0]?.attributes).toMatchObject({ "error.type": code });
});

it("implements the interface of a tool handler", async () => {
  const { handler } = instrumented();
  handler.deny.add("push_context");
  expect(handler.can("push_context")).toBe(false);
  expect(handler.knows("push_context")).toBe(true);
  expect(handler.availableTools()).toEqual(handler.tools().map(({ name }) => name));
  handler.setRole(["get_context"]);
  expect([handler.role, handler.availableTools()]).toEqual([["get_context"], ["get_context"]]);
  expect(handler.accessSummary().agent).toBe(handler.agentName);
  const error = new Error("no");
  const failure = handler.toFailure("push_context", error);
  expect(failure.code).toBe("UNKNOWN_OUTCOME");
  expect(handler.causeOf(failure)).toBe(error);
});
