import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { context, type Tracer } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { LogRecord, TelemetryOptions } from "@syntha/telemetry";

// One for the process, as in a program; each test has its own providers.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

export interface Sdk {
  /** For everything that a test instruments. */
  readonly options: TelemetryOptions;
  readonly tracer: Tracer;
  readonly records: LogRecord[];
  /** In the order in which they ended. */
  spans(): ReadableSpan[];
  named(name: string): ReadableSpan[];
  metrics(): Promise<MetricData[]>;
  histogram(name: string): Promise<HistogramMetricData>;
  close(): Promise<void>;
}

/** The SDK of OpenTelemetry, exporting to memory. */
export function startSdk(more: TelemetryOptions = {}): Sdk {
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
  });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 60_000,
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const records: LogRecord[] = [];
  const metrics = async (): Promise<MetricData[]> => {
    await reader.forceFlush();
    const last = metricExporter.getMetrics().at(-1);
    return last?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
  };
  return {
    options: {
      tracerProvider,
      meterProvider,
      onLog: (record) => void records.push(record),
      logLevel: "debug",
      ...more,
    },
    tracer: tracerProvider.getTracer("test"),
    records,
    spans: () => spanExporter.getFinishedSpans(),
    named: (name) => spanExporter.getFinishedSpans().filter((span) => span.name === name),
    metrics,
    async histogram(name) {
      const found = (await metrics()).find(({ descriptor }) => descriptor.name === name);
      if (found === undefined) throw new Error(`Metric not found: ${name}`);
      return found as HistogramMetricData;
    },
    async close() {
      await tracerProvider.shutdown();
      await meterProvider.shutdown();
    },
  };
}
