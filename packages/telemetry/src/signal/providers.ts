import {
  createNoopMeter,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { ignoringErrors } from "./ignoring-errors.ts";
import { type Instruments, instrumentsOf } from "./instruments.ts";

const SCOPE = "@syntha/telemetry";
/** The provider of a program without an SDK. */
const NO_TRACES = new ProxyTracerProvider().getDelegate();

/** The current providers of traces and metrics, read for each operation: an SDK may be registered late or shut down. */
export class Providers {
  readonly #ownTraces: TracerProvider | undefined;
  readonly #ownMetrics: MeterProvider | undefined;
  #traces: TracerProvider = NO_TRACES;
  #tracer: Tracer | undefined;
  #metrics: MeterProvider | undefined;
  #instruments: Instruments | undefined;

  constructor(traces: TracerProvider | undefined, meters: MeterProvider | undefined) {
    this.#ownTraces = traces;
    this.#ownMetrics = meters;
  }

  /** Undefined if no SDK records spans. */
  get tracer(): Tracer | undefined {
    const traces = this.#ownTraces ?? delegateOf(trace.getTracerProvider());
    if (traces !== this.#traces) {
      this.#traces = traces;
      this.#tracer =
        traces === NO_TRACES ? undefined : ignoringErrors(() => traces.getTracer(SCOPE));
    }
    return this.#tracer;
  }

  /** Undefined if no SDK records metrics. */
  get instruments(): Instruments | undefined {
    const meters = this.#ownMetrics ?? metrics.getMeterProvider();
    if (meters !== this.#metrics) {
      this.#metrics = meters;
      this.#instruments = ignoringErrors(() => {
        const isNoop = meters.getMeter(SCOPE) === createNoopMeter();
        return isNoop ? undefined : instrumentsOf(meters, SCOPE);
      });
    }
    return this.#instruments;
  }
}

function delegateOf(provider: TracerProvider): TracerProvider {
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}
