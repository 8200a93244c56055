import type { Duration } from "@syntha/core";
import { checkOptions, knownOptions, toMs } from "@syntha/core/storage";
import { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import type { StateListener } from "../breaker/circuit-state.ts";
import type { BreakerOptions } from "../breaker/breaker-options.ts";
import { checkListener, checkWhole, wrong } from "./check.ts";
import { type CountsAsFailure, isInfrastructure } from "./failure.ts";

export interface RetryOptions {
  /** How often, after the first try. Default 2. */
  readonly retries?: number | undefined;
  /** About how long before the first; twice as long before each further one, with jitter. Default `"100ms"`. */
  readonly delay?: Duration | undefined;
  /** No longer than this. Default `"5s"`. */
  readonly longestDelay?: Duration | undefined;
}

export interface BulkheadOptions {
  /** How many calls may be under way at once. */
  readonly calls: number;
  /** How many more may wait; the rest are refused. Default 0. */
  readonly queue?: number | undefined;
}

export interface PolicyOptions {
  /** When to let no calls through; `false`: only when told to. A breaker of your own may serve several. */
  readonly breaker?: BreakerOptions | CircuitBreaker | false | undefined;
  /** Tries again what can be repeated without harm; `false`: never. */
  readonly retry?: RetryOptions | false | undefined;
  /** How long one try may take. Default `"10s"`; `false`: as long as it likes. */
  readonly timeout?: Duration | false | undefined;
  /** How many calls at once. Default `false`: any number. */
  readonly bulkhead?: BulkheadOptions | false | undefined;
  /** Which failures count against the circuit. Default `isInfrastructure`: never a wrong argument or a conflict. */
  readonly countsAsFailure?: CountsAsFailure | undefined;
  /** Hears of each change of the circuit's state. */
  readonly onStateChange?: StateListener | undefined;
}

const POLICIES = knownOptions<PolicyOptions>("policies", {
  breaker: true,
  retry: true,
  timeout: true,
  bulkhead: true,
  countsAsFailure: true,
  onStateChange: true,
});
const RETRY = knownOptions<RetryOptions>("policies", {
  retries: true,
  delay: true,
  longestDelay: true,
});
const BULKHEAD = knownOptions<BulkheadOptions>("policies", { calls: true, queue: true });
const LONGEST_DELAY_MS = 3_600_000;

export interface CheckedPolicies {
  readonly breaker: CircuitBreaker;
  readonly retry:
    | { readonly retries: number; readonly delayMs: number; readonly longestDelayMs: number }
    | undefined;
  readonly timeoutMs: number | undefined;
  readonly bulkhead: { readonly calls: number; readonly queue: number } | undefined;
  readonly countsAsFailure: CountsAsFailure;
}

/** @throws INVALID_ARGUMENTS, also for an unknown option */
export function checkPolicies(options: PolicyOptions): CheckedPolicies {
  checkOptions(options, POLICIES);
  const {
    breaker = {},
    timeout = "10s",
    countsAsFailure = isInfrastructure,
    onStateChange,
  } = options;
  if (typeof countsAsFailure !== "function")
    throw wrong(
      "countsAsFailure",
      "`countsAsFailure` is no function.",
      "Give one from a code to whether it counts, such as isInfrastructure.",
    );
  if (onStateChange !== undefined) checkListener(onStateChange);
  const circuit = breaker instanceof CircuitBreaker ? breaker : new CircuitBreaker(breaker);
  if (onStateChange !== undefined) circuit.onStateChange(onStateChange);
  return {
    breaker: circuit,
    retry: toRetry(options.retry ?? {}),
    timeoutMs: timeout === false ? undefined : toMs("timeout", timeout),
    bulkhead: toBulkhead(options.bulkhead ?? false),
    countsAsFailure,
  };
}

function toRetry(options: RetryOptions | false): CheckedPolicies["retry"] {
  if (options === false) return undefined;
  checkOptions(options, RETRY, "retry");
  const { retries = 2, delay = "100ms", longestDelay = "5s" } = options;
  checkWhole("retry.retries", retries, 0, 100);
  const delayMs = toMs("retry.delay", delay);
  const longestDelayMs = toMs("retry.longestDelay", longestDelay);
  if (longestDelayMs > LONGEST_DELAY_MS)
    throw wrong("retry.longestDelay", "`longestDelay` is over an hour.", "Give up to an hour.");
  return retries === 0 ? undefined : { retries, delayMs, longestDelayMs };
}

function toBulkhead(options: BulkheadOptions | false): CheckedPolicies["bulkhead"] {
  if (options === false) return undefined;
  checkOptions(options, BULKHEAD, "bulkhead");
  const { calls, queue = 0 } = options;
  checkWhole("bulkhead.calls", calls, 1);
  checkWhole("bulkhead.queue", queue, 0);
  return { calls, queue };
}
