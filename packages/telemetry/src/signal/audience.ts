import {
  createNoopMeter,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { type Instruments, instrumentsOf } from "./instruments.ts";
import { ignoringErrors } from "./ignoring-errors.ts";

const SCOPE = "@syntha/telemetry";
/** What a program without an SDK has. */
const NO_TRACES = new ProxyTracerProvider().getDelegate();

/** Who takes in spans and measurements: asked anew each time, since an SDK may be registered late, or be shut down. */
export class Audience {
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

  /** Undefined where nobody takes in spans. */
  get tracer(): Tracer | undefined {
    const traces = this.#ownTraces ?? behind(trace.getTracerProvider());
    if (traces !== this.#traces) {
      this.#traces = traces;
      this.#tracer =
        traces === NO_TRACES ? undefined : ignoringErrors(() => traces.getTracer(SCOPE));
    }
    return this.#tracer;
  }

  /** Undefined where nobody takes in measurements. Instruments stay those of the provider that made them. */
  get instruments(): Instruments | undefined {
    const meters = this.#ownMetrics ?? metrics.getMeterProvider();
    if (meters !== this.#metrics) {
      this.#metrics = meters;
      this.#instruments = ignoringErrors(() => {
        const isSilent = meters.getMeter(SCOPE) === createNoopMeter();
        return isSilent ? undefined : instrumentsOf(meters, SCOPE);
      });
    }
    return this.#instruments;
  }
}

/** What is registered now. */
function behind(provider: TracerProvider): TracerProvider {
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}
