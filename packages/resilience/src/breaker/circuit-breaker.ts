import { type ErrorCode, SynthaError } from "@syntha/core";
import { CircuitState as CounterState, type IBreaker } from "cockatiel";
import { checkListener } from "../policy/invalid-option.ts";
import { type BreakerOptions, type OpeningRule, toOpeningRule } from "./breaker-options.ts";
import { type CircuitState, StateChangeEmitter, type StateListener } from "./state-change.ts";

/** What a call says about the protected resource; `neutral` if the call never reached it. */
export type Verdict = "success" | "failure" | "neutral";

/** The period of the circuit in which a call was admitted: a call that ends in a later period is not counted in it. */
export type Permit = number;

/** Numbers of calls since the circuit was created. */
export interface CircuitCounts {
  readonly successes: number;
  readonly failures: number;
  /** Calls that were not attempted. */
  readonly refused: number;
}

/**
 * Admits calls while the protected resource works. It uses no timer: an open circuit becomes half-open with the first call
 * after `halfOpenAfter`. Several handlers or several storages may share one, but not a handler and the storage under it: a
 * probe would refuse itself.
 * @example
 * const breaker = new CircuitBreaker({ failures: 3, halfOpenAfter: "1m" });
 * const storages = [one, other].map((storage) => resilientStorage(storage, { breaker }));
 * breaker.onStateChange(({ from, to }) => console.log(from, to));
 */
export class CircuitBreaker {
  readonly #rule: OpeningRule;
  readonly #emitter = new StateChangeEmitter();
  #counter: IBreaker;
  #state: CircuitState = "closed";
  #since = Date.now();
  /** On the monotonic clock: when an open circuit admits a probe, or a half-open one another probe. */
  #nextAt = 0;
  #isProbing = false;
  #period: Permit = 0;
  #successes = 0;
  #failures = 0;
  #refused = 0;

  /**
   * @param options `false`: opens only by `isolate()`
   * @throws INVALID_ARGUMENTS for invalid options
   */
  constructor(options: BreakerOptions | false = {}) {
    this.#rule = toOpeningRule(options);
    this.#counter = this.#rule.newCounter();
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** When the state changed last. */
  get since(): Date {
    return new Date(this.#since);
  }

  /** When the next call is admitted; undefined if it is admitted now, or only after `release()`. */
  get retryAt(): Date | undefined {
    if (this.#state !== "open" && !(this.#state === "half-open" && this.#isProbing))
      return undefined;
    return new Date(Date.now() + Math.max(0, Math.ceil(this.#nextAt - performance.now())));
  }

  get counts(): CircuitCounts {
    return { successes: this.#successes, failures: this.#failures, refused: this.#refused };
  }

  /**
   * Calls the listener once for each change of state. Its errors are ignored. Returns a function that removes it.
   * @throws INVALID_ARGUMENTS if the listener is not a function
   */
  onStateChange(listener: StateListener): () => void {
    checkListener(listener);
    return this.#emitter.add(listener);
  }

  /** Refuses all calls until {@link release}. */
  isolate(): void {
    if (this.#state !== "isolated") this.#changeTo("isolated");
  }

  /** Closes the circuit, in any state. */
  release(): void {
    if (this.#state !== "closed") this.#close();
  }

  /**
   * Admits a call; report its end to {@link settle}.
   * @throws UNAVAILABLE if the circuit refuses the call, with `details: { state, retryAt }`
   */
  admit(): Permit {
    if (this.#state === "closed") return this.#period;
    const mayProbe = this.#state === "half-open" && !this.#isProbing;
    if (!mayProbe && (this.#state === "isolated" || performance.now() < this.#nextAt))
      throw this.#refusal();
    this.#nextAt = performance.now() + this.#rule.halfOpenAfterMs;
    const permit = this.#period + 1;
    if (this.#state === "open") {
      this.#changeTo("half-open");
      // A listener may have isolated or released the circuit.
      return permit === this.#period ? permit : this.admit();
    }
    // The new period excludes an earlier probe that has not ended within `halfOpenAfter`.
    this.#isProbing = true;
    this.#period = permit;
    return permit;
  }

  /** Reports the end of an admitted call. */
  settle(permit: Permit, verdict: Verdict, code?: ErrorCode): void {
    if (verdict === "success") this.#successes++;
    if (verdict === "failure") this.#failures++;
    if (permit !== this.#period) return;
    if (this.#state === "half-open") this.#settleProbe(verdict, code);
    else if (verdict === "success") this.#counter.success(CounterState.Closed);
    else if (verdict === "failure" && this.#counter.failure(CounterState.Closed)) this.#open(code);
  }

  #settleProbe(verdict: Verdict, code: ErrorCode | undefined): void {
    this.#isProbing = false;
    if (verdict === "success") this.#close();
    if (verdict === "failure") this.#open(code);
  }

  #open(code: ErrorCode | undefined): void {
    this.#nextAt = performance.now() + this.#rule.halfOpenAfterMs;
    this.#changeTo("open", code);
  }

  #close(): void {
    this.#counter = this.#rule.newCounter();
    this.#changeTo("closed");
  }

  #changeTo(to: CircuitState, code?: ErrorCode): void {
    const from = this.#state;
    this.#state = to;
    this.#since = Date.now();
    // The call that makes it half-open is the probe: set before listeners run, so that a listener's call is refused.
    this.#isProbing = to === "half-open";
    this.#period++;
    const retryAt = to === "open" ? this.retryAt : undefined;
    this.#emitter.emit({ from, to, at: this.since, retryAt, code });
  }

  #refusal(): SynthaError {
    this.#refused++;
    const { state, retryAt } = this;
    const message = `The circuit is ${state}: the call was not attempted.`;
    if (retryAt === undefined)
      return new SynthaError("UNAVAILABLE", message, {
        hint: "Call release() on its breaker to admit calls.",
        details: { state },
      });
    return new SynthaError("UNAVAILABLE", message, {
      hint: `Try again at ${retryAt.toISOString()}, or see the earlier errors that opened the circuit.`,
      details: { state, retryAt },
    });
  }
}
