import { context, metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { ContextMesh, MemoryStorage } from "@syntha/core";
import { instrumentStorage, instrumentTools, meshInterceptor } from "@syntha/telemetry";
import { type ToolCaller, ToolHandler } from "@syntha/tools";
import type { Chapter, Figure } from "./figure.ts";
import { repeat } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const HELD = 1_000;

/** A read by tool: it does not change the mesh, so all rounds are equal. */
const reading = (handler: ToolCaller) =>
  repeat((i) => handler.handleToolCall("get_context", { keys: [sampleKey((i * 31) % HELD)] }));

/** Discards spans, to exclude the cost of an exporter. */
const drain: SpanProcessor = {
  onStart: () => undefined,
  onEnd: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

const nothing = Promise.resolve({ success: true });
/** Does nothing, so that only its wrapper is measured. */
const doingNothing = {
  agentName: "Reader",
  knows: () => true,
  handleToolCall: () => nothing,
} as unknown as ToolCaller;

/** The same span and metric, written by hand with OpenTelemetry. */
function byHand(handler: ToolHandler): ToolCaller {
  const tracer = trace.getTracer("by hand");
  const duration = metrics.getMeter("by hand").createHistogram("gen_ai.execute_tool.duration", {
    unit: "s",
  });
  const common = { "gen_ai.tool.type": "function", "gen_ai.agent.name": handler.agentName };
  const handleToolCall = (name: string, args?: unknown): Promise<unknown> => {
    const labels = { ...common, "gen_ai.tool.name": name };
    const attributes = {
      "gen_ai.operation.name": "execute_tool",
      ...labels,
      "syntha.tenant.id": "0123456789abcdef",
    };
    return tracer.startActiveSpan(`execute_tool ${name}`, { attributes }, async (span) => {
      const start = performance.now();
      try {
        const answer = await handler.handleToolCall(name, args);
        if (!answer.success) span.setStatus({ code: SpanStatusCode.ERROR, message: answer.code });
        return answer;
      } finally {
        span.end();
        duration.record((performance.now() - start) / 1_000, labels);
      }
    });
  };
  return { handleToolCall } as unknown as ToolCaller;
}

/** The cost of telemetry for a tool call in memory. */
export const telemetry: Chapter = {
  title: "Telemetry around a tool call in memory",
  async *figures(): AsyncGenerator<Figure> {
    // Many short rounds, so that interruptions do not affect the median.
    const often = { times: 200, rounds: 301 };
    const plain = new ContextMesh({ sweepEvery: false, compactEvery: false });
    const observed = new ContextMesh({
      storage: instrumentStorage(new MemoryStorage()),
      interceptor: meshInterceptor(),
      sweepEvery: false,
      compactEvery: false,
    });
    for (const mesh of [plain, observed]) {
      for (let i = 0; i < HELD; i++)
        await mesh.system.push(sampleKey(i), sample(i), { global: true });
    }
    const handler = new ToolHandler(plain.agent("Reader"));
    const alone = { baseline: "the handler alone", against: reading(handler) };
    const ours = reading(instrumentTools(handler));
    const all = reading(instrumentTools(new ToolHandler(observed.agent("Reader"))));
    const idle = instrumentTools(doingNothing);
    yield {
      name: "100 calls without an SDK, of a handler that does nothing",
      baseline: "one call of a real one",
      ...often,
      within: 1,
      async ours(times): Promise<void> {
        for (let i = 0; i < times * 100; i++) void idle.handleToolCall("get_context", {});
      },
      against: reading(handler),
    };
    yield { name: "get_context, no SDK there", ...often, ...alone, ours };
    const itself = reading(new ToolHandler(plain.agent("Reader")));
    yield { name: "the handler, to show the noise", ...often, ...alone, ours: itself };
    yield { name: "get_context, no SDK, mesh and storage too", ...often, ...alone, ours: all };

    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [drain] }));
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const meters = new MeterProvider({
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
    });
    metrics.setGlobalMeterProvider(meters);
    yield {
      name: "get_context, by the SDK",
      baseline: "the same span and measurement by hand",
      within: 1.1,
      ...often,
      ours,
      against: reading(byHand(handler)),
    };
    yield { name: "get_context, by the SDK", ...often, ...alone, ours };
    yield { name: "get_context, by the SDK, mesh and storage too", ...often, ...alone, ours: all };
    await meters.shutdown();
    await Promise.all([plain.close(), observed.close()]);
  },
};
