import type { Duration } from "@syntha/core";
import { checkOptions, knownOptions, toMs } from "@syntha/core/storage";
import { ConsecutiveBreaker, CountBreaker, type IBreaker } from "cockatiel";
import { checkInteger, invalidOption } from "../policy/invalid-option.ts";

interface HalfOpening {
  /**
   * How long the circuit stays open before it admits a probe: milliseconds or `"30s"`.
   * @default "30s"
   */
  readonly halfOpenAfter?: Duration | undefined;
}

/** Opens after a number of consecutive failures. */
export interface ConsecutiveFailures extends HalfOpening {
  /** @default 5 */
  readonly failures?: number | undefined;
  readonly threshold?: undefined;
}

/** Opens when the share of failures among the last calls exceeds a threshold. */
export interface FailureRate extends HalfOpening {
  /** The share of failures, between 0 and 1, both excluded. */
  readonly threshold: number;
  /**
   * The number of last calls that are counted.
   * @default 20
   */
  readonly size?: number | undefined;
  /**
   * The circuit stays closed until this number of calls has been counted since it closed.
   * @default 10, or `size` if that is less
   */
  readonly minimumCalls?: number | undefined;
  readonly failures?: undefined;
}

export type BreakerOptions = ConsecutiveFailures | FailureRate;

const CONSECUTIVE_FAILURES = knownOptions<Omit<ConsecutiveFailures, "threshold">>(
  "a circuit breaker",
  { halfOpenAfter: true, failures: true },
);
const FAILURE_RATE = knownOptions<Omit<FailureRate, "failures">>("a circuit breaker", {
  halfOpenAfter: true,
  threshold: true,
  size: true,
  minimumCalls: true,
});
const NEVER_OPENS: IBreaker = { state: null, success: () => {}, failure: () => false };

/** When a circuit opens, and for how long. */
export interface OpeningRule {
  readonly halfOpenAfterMs: number;
  /** Returns a counter without calls; a circuit uses a new one each time it closes. */
  newCounter(): IBreaker;
}

/** @throws INVALID_ARGUMENTS for invalid options */
export function toOpeningRule(options: BreakerOptions | false): OpeningRule {
  if (options === false) return { halfOpenAfterMs: 0, newCounter: () => NEVER_OPENS };
  const known = options?.threshold === undefined ? CONSECUTIVE_FAILURES : FAILURE_RATE;
  checkOptions(options, known, "breaker");
  const { halfOpenAfter = "30s" } = options;
  const halfOpenAfterMs = toMs("halfOpenAfter", halfOpenAfter);
  if (options.threshold === undefined) {
    const { failures = 5 } = options;
    checkInteger("failures", failures, 1);
    return { halfOpenAfterMs, newCounter: () => new ConsecutiveBreaker(failures) };
  }
  const { threshold, size = 20 } = options;
  checkInteger("size", size, 1);
  const { minimumCalls = Math.min(10, size) } = options;
  checkInteger("minimumCalls", minimumCalls, 1, size);
  if (!(typeof threshold === "number" && threshold > 0 && threshold < 1))
    throw invalidOption(
      "threshold",
      "`threshold` must be between 0 and 1, both excluded.",
      "Pass 0.5 to open when more than half of the calls fail.",
    );
  return {
    halfOpenAfterMs,
    newCounter: () => new CountBreaker({ threshold, size, minimumNumberOfCalls: minimumCalls }),
  };
}
