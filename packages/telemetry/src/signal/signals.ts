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
import { Audience } from "./audience.ts";
import { errorType, isOutage } from "./error-type.ts";
import type { Instruments } from "./instruments.ts";
import { ignoringErrors } from "./ignoring-errors.ts";
import { TenantLabel } from "./tenant-label.ts";

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<LogLevel, number>;

/** What is told of one operation. */
export interface Activity {
  readonly span: {
    readonly name: string;
    readonly kind?: SpanKind;
    readonly attributes: Attributes;
    /** Default: the active one. */
    readonly parent?: Context | undefined;
    readonly links?: Link[] | undefined;
  };
  readonly metric: {
    readonly of: keyof Instruments & `${string}Seconds`;
    readonly attributes: Attributes;
  };
  readonly log: Pick<LogRecord, "event" | "name" | "tenant" | "agent">;
}

/** How it ended. */
interface End {
  /** Why it failed. */
  readonly code?: string | undefined;
  readonly attributes?: Attributes | undefined;
}

/** Tells of operations to whoever listens now: traces, metrics, a log. */
export class Signals {
  readonly options: TelemetryOptions;
  readonly #audience: Audience;
  readonly #tenants: TenantLabel;
  readonly #onLog: ((record: LogRecord) => void) | undefined;
  readonly #least: number;

  constructor(options: TelemetryOptions) {
    checkOptions(options);
    this.options = options;
    this.#audience = new Audience(options.tracerProvider, options.meterProvider);
    this.#tenants = new TenantLabel(options.tenants ?? "hash");
    this.#onLog = options.onLog;
    this.#least = RANK[options.logLevel ?? "info"];
  }

  /** Whether anybody listens. */
  get isOn(): boolean {
    const { tracer, instruments } = this.#audience;
    return tracer !== undefined || instruments !== undefined || this.#onLog !== undefined;
  }

  get instruments(): Instruments | undefined {
    return this.#audience.instruments;
  }

  tenant(tenantId: string | undefined): string | undefined {
    return tenantId === undefined ? undefined : this.#tenants.of(tenantId);
  }

  /** Undefined for the system, and where agents are not to be named. */
  agent(name: string | null): string | undefined {
    return name === null || this.options.agents === false ? undefined : name;
  }

  /**
   * Runs an operation inside a span of its own. `endOf` judges what it gives; what it throws is thrown on. Whatever goes
   * wrong in the telling, the operation runs, once, and gives what it gives.
   */
  async record<T>(
    activityOf: () => Activity,
    run: () => Promise<T>,
    endOf: (given: T) => End,
  ): Promise<T> {
    const activity = ignoringErrors(activityOf);
    if (activity === undefined) return run();
    const { tracer } = this.#audience;
    const start = performance.now();
    const opened = tracer && ignoringErrors(() => open(tracer, activity));
    let end: End | undefined;
    try {
      const given = await (opened === undefined ? run() : context.with(opened.inside, run));
      end = ignoringErrors(() => endOf(given));
      return given;
    } catch (error) {
      end = { code: errorType(error) };
      throw error;
    } finally {
      this.#close(activity, opened?.span, performance.now() - start, end ?? {});
    }
  }

  #close(activity: Activity, span: Span | undefined, ms: number, end: End): void {
    const { code } = end;
    if (span !== undefined) ignoringErrors(() => close(span, end));
    const { of, attributes: labels } = activity.metric;
    const histogram: Histogram | undefined = this.#audience.instruments?.[of];
    if (histogram !== undefined) {
      const told = code === undefined ? labels : { ...labels, [ATTRIBUTE.errorType]: code };
      ignoringErrors(() => histogram.record(ms / 1_000, told));
    }
    if (this.#onLog !== undefined) this.#log(activity, span, ms, code);
  }

  #log({ log }: Activity, span: Span | undefined, ms: number, code: string | undefined): void {
    const level = levelOf(log.event, code);
    if (RANK[level] < this.#least) return;
    ignoringErrors(() => {
      const place = span?.spanContext();
      const heard: unknown = this.#onLog?.({
        time: new Date().toISOString(),
        level,
        ...log,
        ...(code !== undefined && { code }),
        duration_ms: Math.round(ms * 1_000) / 1_000,
        ...(place !== undefined && { trace_id: place.traceId, span_id: place.spanId }),
      });
      // A rejection that nobody hears of would end the process.
      if (heard instanceof Promise)
        heard.catch((error: unknown) => diag.error("A record was not logged.", error));
    });
  }
}

function open(tracer: Tracer, { span: told }: Activity): { span: Span; inside: Context } {
  const { name, kind, attributes, links } = told;
  const parent = told.parent ?? context.active();
  const options = { attributes, ...(kind !== undefined && { kind }), ...(links && { links }) };
  const span = tracer.startSpan(name, options, parent);
  // What the active context carries besides a span goes along.
  const around = told.parent === ROOT_CONTEXT ? context.active() : parent;
  return { span, inside: trace.setSpan(around, span) };
}

function close(span: Span, { code, attributes }: End): void {
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
