import {
  type Attributes,
  type Context,
  context,
  diag,
  type Histogram,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { LogLevel, LogRecord } from "../log/log-record.ts";
import { checkOptions, type TelemetryOptions } from "../options.ts";
import { ATTRIBUTE } from "./attributes.ts";
import { errorType, isOutage } from "./error-type.ts";
import { ignoringErrors } from "./ignoring-errors.ts";
import type { Instruments } from "./instruments.ts";
import { Providers } from "./providers.ts";
import { TenantLabel } from "./tenant-label.ts";

const SEVERITY = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<
  LogLevel,
  number
>;

/** The span, the metric and the log record of an operation. */
export interface OperationSignals {
  readonly span: {
    readonly name: string;
    readonly kind?: SpanKind;
    readonly attributes: Attributes;
    /** Default: the active context. */
    readonly parent?: Context | undefined;
    readonly links?: Link[] | undefined;
  };
  readonly metric: {
    readonly histogram: keyof Instruments & `${string}Duration`;
    readonly attributes: Attributes;
  };
  readonly log: Pick<LogRecord, "event" | "name" | "tenant_id" | "agent">;
}

/** The end of an operation. */
interface Result {
  /** Why it failed. */
  readonly code?: string | undefined;
  readonly attributes?: Attributes | undefined;
}

/** Records operations as spans, metrics and log records. */
export class Recorder {
  readonly options: TelemetryOptions;
  readonly #providers: Providers;
  readonly #tenants: TenantLabel;
  readonly #onLog: ((record: LogRecord) => void) | undefined;
  readonly #minimumSeverity: number;

  constructor(options: TelemetryOptions) {
    checkOptions(options);
    this.options = options;
    this.#providers = new Providers(options.tracerProvider, options.meterProvider);
    this.#tenants = new TenantLabel(options.tenants ?? "hash");
    this.#onLog = options.onLog;
    this.#minimumSeverity = SEVERITY[options.logLevel ?? "info"];
  }

  /** Whether there is an SDK or a log. */
  get isActive(): boolean {
    const { tracer, instruments } = this.#providers;
    return tracer !== undefined || instruments !== undefined || this.#onLog !== undefined;
  }

  get instruments(): Instruments | undefined {
    return this.#providers.instruments;
  }

  tenantLabel(tenantId: string | undefined): string | undefined {
    return tenantId === undefined ? undefined : this.#tenants.of(tenantId);
  }

  /** Undefined for the system, and if agents are not recorded. */
  agentLabel(name: string | null): string | undefined {
    return name === null || this.options.agents === false ? undefined : name;
  }

  /**
   * Runs an operation once, inside its span, and returns or throws its result. `resultOf` derives code and attributes from a
   * resolved value. Errors of recording are ignored.
   */
  async record<T>(
    signalsOf: () => OperationSignals,
    run: () => Promise<T>,
    resultOf: (value: T) => Result,
  ): Promise<T> {
    const signals = ignoringErrors(signalsOf);
    if (signals === undefined) return run();
    const { tracer } = this.#providers;
    const start = performance.now();
    const started = tracer && ignoringErrors(() => startSpan(tracer, signals));
    let result: Result | undefined;
    try {
      const value = await (started === undefined ? run() : context.with(started.context, run));
      result = ignoringErrors(() => resultOf(value));
      return value;
    } catch (error) {
      result = { code: errorType(error) };
      throw error;
    } finally {
      this.#end(signals, started?.span, performance.now() - start, result ?? {});
    }
  }

  #end(signals: OperationSignals, span: Span | undefined, ms: number, result: Result): void {
    const { code } = result;
    if (span !== undefined) ignoringErrors(() => endSpan(span, result));
    const { attributes } = signals.metric;
    const histogram: Histogram | undefined =
      this.#providers.instruments?.[signals.metric.histogram];
    if (histogram !== undefined) {
      const all = code === undefined ? attributes : { ...attributes, [ATTRIBUTE.errorType]: code };
      ignoringErrors(() => histogram.record(ms / 1_000, all));
    }
    if (this.#onLog !== undefined) this.#log(signals, span, ms, code);
  }

  #log({ log }: OperationSignals, span: Span | undefined, ms: number, code?: string): void {
    const level = levelOf(log.event, code);
    if (SEVERITY[level] < this.#minimumSeverity) return;
    ignoringErrors(() => {
      const ids = span?.spanContext();
      const result: unknown = this.#onLog?.({
        time: new Date().toISOString(),
        level,
        ...log,
        ...(code !== undefined && { code }),
        duration_ms: Math.round(ms * 1_000) / 1_000,
        ...(ids !== undefined && { trace_id: ids.traceId, span_id: ids.spanId }),
      });
      // An unhandled rejection would end the process.
      if (result instanceof Promise)
        result.catch((error: unknown) => diag.error("Failed to log a record.", error));
    });
  }
}

function startSpan(tracer: Tracer, signals: OperationSignals): { span: Span; context: Context } {
  const { name, kind, attributes, links, parent = context.active() } = signals.span;
  const options = { attributes, ...(kind !== undefined && { kind }), ...(links && { links }) };
  const span = tracer.startSpan(name, options, parent);
  // A root span keeps the other entries of the active context, such as baggage.
  const outer = signals.span.parent === ROOT_CONTEXT ? context.active() : parent;
  return { span, context: trace.setSpan(outer, span) };
}

function endSpan(span: Span, { code, attributes }: Result): void {
  try {
    if (attributes !== undefined) span.setAttributes(attributes);
    if (code === undefined) return;
    span.setAttribute(ATTRIBUTE.errorType, code);
    span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  } finally {
    span.end();
  }
}

function levelOf(event: LogRecord["event"], code: string | undefined): LogLevel {
  if (code !== undefined) return isOutage(code) ? "error" : "warn";
  return event === "tool.call" ? "info" : "debug";
}
