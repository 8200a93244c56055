import type { Duration } from "@syntha/core";
import { checkOptions, knownOptions, toMs } from "@syntha/core/storage";
import { ConsecutiveBreaker, CountBreaker, type IBreaker } from "cockatiel";
import { checkWhole, wrong } from "../policy/check.ts";

interface Opening {
  /** How long it stays open before it lets a probe through. Default `"30s"`. */
  readonly halfOpenAfter?: Duration | undefined;
}

/** Opens after so many failures in a row. */
export interface ConsecutiveFailures extends Opening {
  /** Default 5. */
  readonly failures?: number | undefined;
  readonly share?: undefined;
}

/** Opens when more than a share of the last calls failed. */
export interface FailureRate extends Opening {
  /** Between 0 and 1, both excluded. */
  readonly share: number;
  /** How many calls are looked back on. Default 20. */
  readonly calls?: number | undefined;
  /** With fewer calls than this since it closed, it does not open. Default 10, or `calls` where that is fewer. */
  readonly minimumCalls?: number | undefined;
  readonly failures?: undefined;
}

export type BreakerOptions = ConsecutiveFailures | FailureRate;

const IN_A_ROW = knownOptions<Omit<ConsecutiveFailures, "share">>("a circuit breaker", {
  halfOpenAfter: true,
  failures: true,
});
const SHARE_OF = knownOptions<Omit<FailureRate, "failures">>("a circuit breaker", {
  halfOpenAfter: true,
  share: true,
  calls: true,
  minimumCalls: true,
});

/** When a circuit opens, counting anew each time that it has closed; and for how long. */
export interface Rule {
  readonly openForMs: number;
  count(): IBreaker;
}

/** @throws INVALID_ARGUMENTS */
export function toRule(options: BreakerOptions | false): Rule {
  if (options === false) return { openForMs: 0, count: () => NEVER };
  checkOptions(options, options?.share === undefined ? IN_A_ROW : SHARE_OF, "breaker");
  const { halfOpenAfter = "30s" } = options;
  const openForMs = toMs("halfOpenAfter", halfOpenAfter);
  if (options.share === undefined) {
    const { failures = 5 } = options;
    checkWhole("failures", failures, 1);
    return { openForMs, count: () => new ConsecutiveBreaker(failures) };
  }
  const { share, calls = 20 } = options;
  checkWhole("calls", calls, 1);
  const { minimumCalls = Math.min(10, calls) } = options;
  checkWhole("minimumCalls", minimumCalls, 1, calls);
  if (!(typeof share === "number" && share > 0 && share < 1))
    throw wrong("share", "`share` must be between 0 and 1.", "Give 0.5 for half of the calls.");
  return {
    openForMs,
    count: () =>
      new CountBreaker({ threshold: share, size: calls, minimumNumberOfCalls: minimumCalls }),
  };
}

const NEVER: IBreaker = { state: null, success: () => {}, failure: () => false };
