import { context, trace } from "@opentelemetry/api";
import { withTraceContext } from "@syntha/telemetry";
import { expect, it } from "vitest";
import { instrumented } from "./support/instrumented.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const traceparent = `00-${TRACE}-${SPAN}-01`;

it("makes a tool's span a child of the remote span", async () => {
  const { sdk, handler } = instrumented();
  const call = () => handler.handleToolCall("list_context", {});
  await withTraceContext({ traceparent, tracestate: "vendor=a,other=b" }, call);
  const [span] = sdk.named("execute_tool list_context");
  expect(span?.spanContext().traceId).toBe(TRACE);
  expect(span?.parentSpanContext).toMatchObject({ spanId: SPAN, traceFlags: 1, isRemote: true });
  expect(span?.spanContext().traceState?.get("vendor")).toBe("a");
  expect(sdk.named("search_memory")[0]?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
});

it("keeps a trace unsampled", async () => {
  const { sdk, handler } = instrumented();
  await withTraceContext({ traceparent: `00-${TRACE}-${SPAN}-00` }, () =>
    handler.handleToolCall("list_context", {}),
  );
  expect(sdk.spans()).toEqual([]);
});

it.each([
  undefined,
  {},
  { traceparent: 1 },
  { traceparent: "" },
  { traceparent: `00-${"0".repeat(32)}-${SPAN}-01` },
  { traceparent: `00-${TRACE}-${"0".repeat(16)}-01` },
  { traceparent: `ff-${TRACE}-${SPAN}-01` },
  { traceparent: `00-${TRACE}-${SPAN}-01-more` },
  { traceparent: traceparent.toUpperCase() },
])("continues the active trace for %j", (carrier) => {
  const { sdk } = instrumented();
  sdk.tracer.startActiveSpan("request", (request) => {
    const active = withTraceContext(carrier, () => trace.getSpan(context.active()));
    expect(active).toBe(request);
    request.end();
  });
});

it("reads later versions, and drops a tracestate that is too long", () => {
  instrumented();
  const carrier = { traceparent: `01-${TRACE}-${SPAN}-01-more`, tracestate: "a=".padEnd(600, "b") };
  const parent = withTraceContext(carrier, () => trace.getSpanContext(context.active()));
  expect(parent).toMatchObject({ traceId: TRACE, spanId: SPAN });
  expect(parent?.traceState).toBeUndefined();
});
