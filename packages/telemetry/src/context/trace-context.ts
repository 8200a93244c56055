import {
  context,
  createTraceState,
  isSpanContextValid,
  type SpanContext,
  trace,
  TraceFlags,
} from "@opentelemetry/api";

/** Version 00, and what later versions are read as. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Longer ones are dropped, as W3C allows. */
const MAX_TRACESTATE = 512;

/**
 * Runs work as part of the trace that a message names: `traceparent` and `tracestate` of W3C Trace Context, as the Model
 * Context Protocol carries them in `_meta`. Without a valid `traceparent`, the active trace continues. Baggage is not read:
 * it would reach whatever the work calls. Needs a context manager, which OpenTelemetry's SDK for Node registers.
 * @example
 * serveStdio(mesh.agent("Claude"), {
 *   wrapTools: (handler) => instrumentTools(handler),
 *   traceContext: withTraceContext,
 * });
 */
export function withTraceContext<T>(carrier: object | undefined, run: () => T): T {
  const parent = toSpanContext(carrier ?? {});
  if (parent === undefined) return run();
  return context.with(trace.setSpanContext(context.active(), parent), run);
}

function toSpanContext(carrier: {
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}): SpanContext | undefined {
  const { traceparent, tracestate } = carrier;
  const match = typeof traceparent === "string" ? TRACEPARENT.exec(traceparent) : null;
  if (match === null) return undefined;
  const [text, traceId = "", spanId = "", flags = "00", rest] = match;
  if (text.startsWith("00") && rest !== undefined) return undefined;
  const parent: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(typeof tracestate === "string" &&
      tracestate.length <= MAX_TRACESTATE && { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(parent) ? parent : undefined;
}
