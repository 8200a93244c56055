import { SynthaError } from "@syntha/core";
import {
  bulkhead,
  type BulkheadPolicy,
  BulkheadRejectedError,
  ExponentialBackoff,
  handleWhen,
  retry,
} from "cockatiel";
import type { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import { Deadlines } from "./deadlines.ts";
import { codeOf, type FailedAnswer, isRepeatable, verdictOn } from "./failure.ts";
import { type CheckedPolicies, checkPolicies, type PolicyOptions } from "./options.ts";

/** How policies treat a call. */
export interface CallKind {
  /** A read can always be repeated, and its outcome is never unknown. */
  readonly isRead: boolean;
  /** Has no timeout: it processes whole tenants. */
  readonly isLong?: boolean | undefined;
  /** The failure that a resolved answer contains, if any. */
  readonly failureIn?: ((answer: never) => FailedAnswer | undefined) | undefined;
}

type Call<T> = () => Promise<T>;
type RetryPolicy = NonNullable<CheckedPolicies["retry"]>;

/**
 * Circuit breaker, retry, timeout and bulkhead, in a fixed order: a call waits for its place in the bulkhead; then each
 * attempt asks the circuit and has its own timeout. Handlers, or storages, of the same server may share one, but not a handler
 * and the storage under it.
 * @example
 * const policies = new Policies({ breaker: { failures: 5 }, timeout: "5s" });
 * const handlers = agents.map((agent) => resilientHandler(new ToolHandler(agent), policies));
 */
export class Policies {
  readonly breaker: CircuitBreaker;
  readonly #options: CheckedPolicies;
  readonly #deadlines: Deadlines | undefined;
  readonly #bulkhead: BulkheadPolicy | undefined;

  /** @throws INVALID_ARGUMENTS for invalid or unknown options */
  constructor(options: PolicyOptions = {}) {
    this.#options = checkPolicies(options);
    const { breaker, timeoutMs, bulkhead: places } = this.#options;
    this.breaker = breaker;
    this.#deadlines = timeoutMs === undefined ? undefined : new Deadlines(timeoutMs);
    this.#bulkhead = places && bulkhead(places.limit, places.queue);
  }

  /**
   * Calls a function according to these policies. Rejects with its error, or with:
   * @throws UNAVAILABLE if the circuit or the bulkhead refuses the call
   * @throws TIMEOUT for a read that times out
   * @throws UNKNOWN_OUTCOME for a write that times out
   */
  run<T>(call: Call<T>, kind: CallKind): Promise<T> {
    if (this.#bulkhead === undefined) return this.#attempt(call, kind, true);
    return this.#bulkhead
      .execute(() => this.#attempt(call, kind, true))
      .catch((error: unknown) => {
        throw error instanceof BulkheadRejectedError ? bulkheadError(this.#options) : error;
      });
  }

  /** Uses a single promise: further ones would be most of the cost of a call in memory. */
  #attempt<T>(call: Call<T>, kind: CallKind, isFirst: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const permit = this.breaker.admit();
      const fail = (failure: unknown): void => {
        const { countsAsFailure, retry: policy } = this.#options;
        this.breaker.settle(permit, verdictOn(failure, countsAsFailure), codeOf(failure));
        if (isFirst && policy !== undefined && this.#mayRetry(failure, kind))
          resolve(this.#retry(failure, policy, call, kind));
        else reject(failure);
      };
      const deadlines = kind.isLong ? undefined : this.#deadlines;
      const deadline = deadlines?.add(() => fail(timeoutError(kind.isRead, this.#options)));
      const isInTime = (): boolean => deadline === undefined || deadlines!.clear(deadline);
      start(call).then(
        (answer) => {
          if (!isInTime()) return;
          const failure = kind.failureIn?.(answer as never);
          if (failure !== undefined) return fail(failure);
          this.breaker.settle(permit, "success");
          resolve(answer);
        },
        (error: unknown) => {
          if (isInTime()) fail(error);
        },
      );
    });
  }

  /** False once the circuit has opened: the caller gets its failure at once, not the circuit's refusal after a delay. */
  #mayRetry(failure: unknown, kind: CallKind): boolean {
    return this.breaker.state === "closed" && isRepeatable(failure, kind.isRead);
  }

  #retry<T>(failure: unknown, options: RetryPolicy, call: Call<T>, kind: CallKind): Promise<T> {
    const { retries, initialDelayMs, maxDelayMs } = options;
    const policy = retry(
      handleWhen((error) => this.#mayRetry(error, kind)),
      {
        maxAttempts: retries,
        backoff: new ExponentialBackoff({ initialDelay: initialDelayMs, maxDelay: maxDelayMs }),
      },
    );
    return policy.execute(({ attempt }) => {
      // The first attempt was made without a retry policy, which most calls never need.
      if (attempt === 0) throw failure;
      return this.#attempt(call, kind, false);
    });
  }
}

/** Converts a synchronous error into a rejection. */
function start<T>(call: Call<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

function timeoutError(isRead: boolean, { timeoutMs }: CheckedPolicies): SynthaError {
  if (isRead)
    return new SynthaError("TIMEOUT", `The call timed out after ${timeoutMs} ms.`, {
      hint: "Try again, or raise `timeout`.",
    });
  const message = `The write timed out after ${timeoutMs} ms; whether it happened is unknown.`;
  return new SynthaError("UNKNOWN_OUTCOME", message, {
    hint: "Read the current state before you write again. A write with `ifRevision`, or an event with an id, can be repeated safely.",
  });
}

function bulkheadError({ bulkhead: places }: CheckedPolicies): SynthaError {
  const message = `The bulkhead is full: ${places?.limit} calls are in flight and ${places?.queue} are queued. The call was not attempted.`;
  return new SynthaError("UNAVAILABLE", message, {
    hint: "Try again later, or raise `bulkhead.limit` or `bulkhead.queue`.",
  });
}
