import { ERAS } from "./support/eras.ts";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { ContextMesh } from "@syntha/core";
import { instrumentTools, meshInterceptor, withTraceContext } from "@syntha/telemetry";
import { expect, it } from "vitest";
import { connect } from "./support/connect.ts";

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const _meta = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: "vendor=a" };

it.each(ERAS)("continues the trace of a %s client", async (era) => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const mesh = new ContextMesh({ interceptor: meshInterceptor({ tracerProvider }) });
  const { client } = await connect(mesh.agent("Claude"), era, {
    wrapTools: (handler) => instrumentTools(handler, { tracerProvider }),
    traceContext: withTraceContext,
  });
  await client.callTool({ name: "list_context", arguments: {}, _meta });
  const tool = exporter.getFinishedSpans().find(({ name }) => name === "execute_tool list_context");
  expect(tool?.spanContext()).toMatchObject({ traceId: TRACE });
  expect(tool?.parentSpanContext).toMatchObject({ spanId: SPAN, isRemote: true });
  expect(tool?.attributes["gen_ai.tool.call.id"]).toBeDefined();

  exporter.reset();
  await client.getPrompt({ name: "catch_up", _meta });
  const reads = exporter.getFinishedSpans();
  expect(reads.length).toBeGreaterThan(0);
  expect(new Set(reads.map((span) => span.parentSpanContext?.spanId))).toEqual(new Set([SPAN]));

  exporter.reset();
  await client.callTool({ name: "list_context", arguments: {} });
  const [own] = exporter.getFinishedSpans();
  expect(own?.spanContext().traceId).not.toBe(TRACE);
  await mesh.close();
  await tracerProvider.shutdown();
});
