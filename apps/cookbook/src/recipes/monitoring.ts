// Shows: traces, metrics, a log, and recorded outcomes of tasks.
// Look at: the span of a tool call contains those of the mesh and the storage; values are not recorded.

import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { ContextMesh, MemoryStorage } from "@syntha/core";
import {
  instrumentStorage,
  instrumentTools,
  type LogRecord,
  meshInterceptor,
  OutcomeLog,
  type TelemetryOptions,
} from "@syntha/telemetry";
import { ToolHandler } from "@syntha/tools";
import { printTable } from "../print/table.ts";

// The usual setup of OpenTelemetry, with exporters to memory.
const spans = new InMemorySpanExporter();
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({
  exporter: metrics,
  exportIntervalMillis: 3_600_000,
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const tracerProvider = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
});
const meterProvider = new MeterProvider({ readers: [reader] });

const log: LogRecord[] = [];
const telemetry: TelemetryOptions = {
  tracerProvider,
  meterProvider,
  onLog: (record) => void log.push(record),
};

// Instrument the storage, the mesh and the tools.
const storage = instrumentStorage(new MemoryStorage(), telemetry);
const mesh = new ContextMesh({
  tenantId: "acme",
  storage,
  interceptor: meshInterceptor(telemetry),
});
const triage = instrumentTools(new ToolHandler(mesh.agent("Triage")), telemetry);

await tracerProvider.getTracer("app").startActiveSpan("handle an inquiry", async (span) => {
  await triage.handleToolCall("push_context", { key: "inquiry", value: "secret", global: true });
  await triage.handleToolCall("get_context", { keys: ["inquiry"] });
  await triage.handleToolCall("push_context", { key: "inquiry", value: "x", if_revision: 99 });
  span.end();
});

console.log("One trace:");
const finished = spans.getFinishedSpans();
function printSpans(parent: string | undefined, indent: string): void {
  for (const span of finished) {
    if (span.parentSpanContext?.spanId !== parent) continue;
    const { message } = span.status;
    console.log(`${indent}${span.name}${message === undefined ? "" : `  ✗ ${message}`}`);
    printSpans(span.spanContext().spanId, `${indent}  `);
  }
}
printSpans(undefined, "  ");
const recorded = JSON.stringify(finished.map(({ attributes, events }) => [attributes, events]));
console.log(`A span contains the value "secret": ${recorded.includes("secret")}`);

console.log("\nMetrics:");
await reader.forceFlush();
const [collected] = metrics.getMetrics();
const measured = collected?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
printTable(
  measured
    .filter((metric) => metric.dataPointType === DataPointType.HISTOGRAM)
    .map(({ descriptor: { name, unit }, dataPoints }) => ({
      metric: name,
      unit,
      measured: dataPoints.reduce((sum, { value }) => sum + value.count, 0),
    })),
);

console.log("\nLog, from level info:");
for (const { level, event, name, agent = "", code = "" } of log)
  console.log(`  ${level.padEnd(5)} ${event} ${name} ${agent} ${code}`.trimEnd());

console.log("\nOutcomes, stored in the mesh:");
const outcomes = new OutcomeLog(mesh.system);
for (let i = 1; i <= 10; i++)
  await outcomes.record({
    agent: "Triage",
    task: "classify",
    success: i !== 7,
    durationMs: i * 10,
  });
await outcomes.record({ agent: "Sales", task: "answer", success: true, durationMs: 5 });
printTable(
  (await outcomes.metrics()).map(({ agent, task, count, successRate, durationMs }) => ({
    agent: agent ?? "",
    task: task ?? "",
    count,
    "success rate": successRate,
    "p50 ms": durationMs?.p50 ?? "",
    "p95 ms": durationMs?.p95 ?? "",
  })),
);
await mesh.close();
await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
