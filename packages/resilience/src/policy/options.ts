import type { Duration } from "@syntha/core";
import { checkOptions, knownOptions, toMs } from "@syntha/core/storage";
import type { BreakerOptions } from "../breaker/breaker-options.ts";
import { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import type { StateListener } from "../breaker/state-change.ts";
import { type CountsAsFailure, isInfrastructure } from "./failure.ts";
import { checkInteger, checkListener, invalidOption } from "./invalid-option.ts";

/** Exponential backoff with jitter. */
export interface RetryOptions {
  /**
   * The number of retries after the first attempt; at most 100.
   * @default 2
   */
  readonly retries?: number | undefined;
  /**
   * The approximate delay before the first retry; it doubles with each further one.
   * @default "100ms"
   */
  readonly initialDelay?: Duration | undefined;
  /**
   * The longest delay; at most an hour.
   * @default "5s"
   */
  readonly maxDelay?: Duration | undefined;
}

export interface BulkheadOptions {
  /** The number of concurrent calls. */
  readonly limit: number;
  /**
   * The number of calls that may wait; further calls are refused.
   * @default 0
   */
  readonly queue?: number | undefined;
}

/** Options of {@link Policies}, {@link resilientStorage} and {@link resilientHandler}. */
export interface PolicyOptions {
  /**
   * When the circuit opens; `false`: only by `isolate()`. A {@link CircuitBreaker} may be shared.
   * @default { failures: 5, halfOpenAfter: "30s" }
   */
  readonly breaker?: BreakerOptions | CircuitBreaker | false | undefined;
  /**
   * How calls are repeated that can be repeated safely; `false`: never.
   * @default { retries: 2, initialDelay: "100ms", maxDelay: "5s" }
   */
  readonly retry?: RetryOptions | false | undefined;
  /**
   * The timeout of each attempt; `false`: none.
   * @default "10s"
   */
  readonly timeout?: Duration | false | undefined;
  /**
   * Limits concurrent calls; `false`: no limit.
   * @default false
   */
  readonly bulkhead?: BulkheadOptions | false | undefined;
  /**
   * Which failures count against the circuit.
   * @default {@link isInfrastructure}: neither invalid arguments nor conflicts
   */
  readonly countsAsFailure?: CountsAsFailure | undefined;
  /** Called with each change of the circuit's state; its errors are ignored. */
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
  initialDelay: true,
  maxDelay: true,
});
const BULKHEAD = knownOptions<BulkheadOptions>("policies", { limit: true, queue: true });
const LONGEST_DELAY_MS = 3_600_000;

export interface CheckedPolicies {
  readonly breaker: CircuitBreaker;
  readonly retry:
    | { readonly retries: number; readonly initialDelayMs: number; readonly maxDelayMs: number }
    | undefined;
  readonly timeoutMs: number | undefined;
  readonly bulkhead: Required<BulkheadOptions> | undefined;
  readonly countsAsFailure: CountsAsFailure;
}

/** @throws INVALID_ARGUMENTS for invalid or unknown options */
export function checkPolicies(options: PolicyOptions): CheckedPolicies {
  checkOptions(options, POLICIES);
  const {
    breaker = {},
    timeout = "10s",
    countsAsFailure = isInfrastructure,
    onStateChange,
  } = options;
  if (typeof countsAsFailure !== "function")
    throw invalidOption(
      "countsAsFailure",
      "`countsAsFailure` must be a function.",
      "Pass a function that takes a code and returns whether it counts, such as isInfrastructure.",
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
  const { retries = 2, initialDelay = "100ms", maxDelay = "5s" } = options;
  checkInteger("retry.retries", retries, 0, 100);
  const initialDelayMs = toMs("retry.initialDelay", initialDelay);
  const maxDelayMs = toMs("retry.maxDelay", maxDelay);
  if (maxDelayMs > LONGEST_DELAY_MS)
    throw invalidOption(
      "retry.maxDelay",
      "`retry.maxDelay` must be at most one hour.",
      'Pass a duration such as "5s".',
    );
  return retries === 0 ? undefined : { retries, initialDelayMs, maxDelayMs };
}

function toBulkhead(options: BulkheadOptions | false): CheckedPolicies["bulkhead"] {
  if (options === false) return undefined;
  checkOptions(options, BULKHEAD, "bulkhead");
  const { limit, queue = 0 } = options;
  checkInteger("bulkhead.limit", limit, 1);
  checkInteger("bulkhead.queue", queue, 0);
  return { limit, queue };
}
