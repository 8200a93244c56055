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
import { codeOf, type FailedAnswer, mayRepeat, verdictOn } from "./failure.ts";
import { type CheckedPolicies, checkPolicies, type PolicyOptions } from "./options.ts";

/** How the calls of one sort are treated. */
export interface CallKind {
  /** What only reads can be repeated, and has no outcome that could be unknown. */
  readonly isRead: boolean;
  /** Takes as long as it takes, when it is work on whole tenants. */
  readonly isLong?: boolean | undefined;
  /** The failure that an answer is; undefined when it is none. */
  readonly failureIn?: ((answer: never) => FailedAnswer | undefined) | undefined;
}

type Call<T> = () => Promise<T>;
type Retrying = NonNullable<CheckedPolicies["retry"]>;

/**
 * Breaker, retry, timeout and bulkhead, in the one order that makes sense of them: a call takes its place in the
 * bulkhead, is tried and tried again, each time asks the circuit, and each try has its own time. May be shared by
 * handlers, or storages, that have the same server behind them; never by one that stands within the other.
 */
export class Policies {
  readonly breaker: CircuitBreaker;
  readonly #options: CheckedPolicies;
  readonly #deadlines: Deadlines | undefined;
  readonly #bulkhead: BulkheadPolicy | undefined;

  /** @throws INVALID_ARGUMENTS */
  constructor(options: PolicyOptions = {}) {
    this.#options = checkPolicies(options);
    const { breaker, timeoutMs, bulkhead: places } = this.#options;
    this.breaker = breaker;
    this.#deadlines = timeoutMs === undefined ? undefined : new Deadlines(timeoutMs);
    this.#bulkhead = places && bulkhead(places.calls, places.queue);
  }

  /** Makes a call by these policies. Rejects with its failure, or with UNAVAILABLE, TIMEOUT or UNKNOWN_OUTCOME of ours. */
  run<T>(call: Call<T>, manner: CallKind): Promise<T> {
    if (this.#bulkhead === undefined) return this.#try(call, manner, true);
    return this.#bulkhead
      .execute(() => this.#try(call, manner, true))
      .catch((error: unknown) => {
        throw error instanceof BulkheadRejectedError ? crowded(this.#options) : error;
      });
  }

  /** One promise for all of it: more would be most of what a call in memory costs. */
  #try<T>(call: Call<T>, manner: CallKind, isFirst: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const permit = this.breaker.admit();
      const fail = (failure: unknown): void => {
        const { countsAsFailure, retry: again } = this.#options;
        this.breaker.settle(permit, verdictOn(failure, countsAsFailure), codeOf(failure));
        if (isFirst && again !== undefined && this.#mayTryAgain(failure, manner))
          resolve(this.#tryAgain(failure, again, call, manner));
        else reject(failure);
      };
      const deadlines = manner.isLong ? undefined : this.#deadlines;
      const deadline = deadlines?.set(() => fail(overdue(manner.isRead, this.#options)));
      const isInTime = (): boolean => deadline === undefined || deadlines!.clear(deadline);
      begin(call).then(
        (answer) => {
          if (!isInTime()) return;
          const failure = manner.failureIn?.(answer as never);
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

  /** Not when the circuit has opened meanwhile: waiting for it to refuse would keep the caller from the failure. */
  #mayTryAgain(failure: unknown, manner: CallKind): boolean {
    return this.breaker.state === "closed" && mayRepeat(failure, manner.isRead);
  }

  #tryAgain<T>(first: unknown, options: Retrying, call: Call<T>, manner: CallKind): Promise<T> {
    const { retries, delayMs, longestDelayMs } = options;
    const policy = retry(
      handleWhen((failure) => this.#mayTryAgain(failure, manner)),
      {
        maxAttempts: retries,
        backoff: new ExponentialBackoff({ initialDelay: delayMs, maxDelay: longestDelayMs }),
      },
    );
    return policy.execute(({ attempt }) => {
      // The first try was made: most calls need no more, nor a policy of their own.
      if (attempt === 0) throw first;
      return this.#try(call, manner, false);
    });
  }
}

/** What throws before it has a promise fails like the rest. */
function begin<T>(call: Call<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

function overdue(isRead: boolean, { timeoutMs }: CheckedPolicies): SynthaError {
  if (isRead)
    return new SynthaError("TIMEOUT", `There was no answer within ${timeoutMs} ms.`, {
      hint: "Try again, or raise `timeout`.",
    });
  const message = `There was no answer within ${timeoutMs} ms: the write may have happened, or may still happen.`;
  return new SynthaError("UNKNOWN_OUTCOME", message, {
    hint: "Read what it was to change before you write again; with `ifRevision`, or an event's id, the same again does no harm.",
  });
}

function crowded({ bulkhead: places }: CheckedPolicies): SynthaError {
  const message = `${places?.calls} calls are under way and ${places?.queue} wait: nothing was tried.`;
  return new SynthaError("UNAVAILABLE", message, {
    hint: "Try again in a moment, or raise `bulkhead.calls` or `bulkhead.queue`.",
  });
}
