import type { ErrorCode } from "@syntha/core";

/**
 * `closed` lets all calls through; `open` none, until its time is over; `half-open` one at a time, the probe; `isolated`
 * none, until it is released.
 */
export type CircuitState = "closed" | "open" | "half-open" | "isolated";

/** One change of a circuit's state. */
export interface StateChange {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly at: Date;
  /** When it lets a probe through; only of an open circuit. */
  readonly retryAt: Date | undefined;
  /** What failed last, where a failure opened it; undefined for an error that is none of Syntha's. */
  readonly code: ErrorCode | undefined;
}

export type StateListener = (change: StateChange) => void;
