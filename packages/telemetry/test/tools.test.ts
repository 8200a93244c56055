import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { answerCalls } from "@syntha/tools";
import { expect, it } from "vitest";
import { observed } from "./support/observed.ts";

const push = { key: "inquiry", value: "hello", global: true } as const;

it("tells of a tool call as the GenAI conventions say", async () => {
  const { sdk, handler } = observed();
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

it("measures calls in seconds, by tool and agent, with the buckets of the conventions", async () => {
  const { sdk, handler } = observed();
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
  // What a model makes up is told of nobody.
  ["UNKNOWN_TOOL", "drop_secret_table", {}, "_OTHER"],
])("tells that a call failed by %s", async (code, name, args, told) => {
  const { sdk, handler } = observed();
  const answer = await handler.handleToolCall(name, args);
  expect(answer).toMatchObject({ success: false, code });
  const [span] = sdk.named(`execute_tool ${told}`);
  expect(span?.attributes).toMatchObject({ "error.type": code, "gen_ai.tool.name": told });
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: code });
  const { dataPoints } = await sdk.histogram("gen_ai.execute_tool.duration");
  expect(dataPoints[0]?.attributes).toMatchObject({ "error.type": code });
});

it("stands in the handler's place", async () => {
  const { handler } = observed();
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
