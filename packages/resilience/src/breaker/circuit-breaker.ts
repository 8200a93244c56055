import { type ErrorCode, SynthaError } from "@syntha/core";
import { CircuitState as Counted, type IBreaker } from "cockatiel";
import { checkListener } from "../policy/check.ts";
import { Announcer } from "./announcer.ts";
import type { CircuitState, StateListener } from "./circuit-state.ts";
import { type BreakerOptions, type Rule, toRule } from "./breaker-options.ts";

/** What a call that was let through says of what is behind the circuit; nothing, where it never got there. */
export type Verdict = "success" | "failure" | "nothing";

/** Let through; of which period of the circuit, so that a late end does not count in another. */
export type Permit = number;

/** How many calls, since the circuit was made. */
export interface CircuitCounts {
  readonly successes: number;
  readonly failures: number;
  /** Answered without a try. */
  readonly refused: number;
}

/**
 * Lets calls through while what is behind them works. It has no timer: an open circuit whose time is over turns
 * half-open with the next call. One may be shared by several handlers, or several storages; not by a handler and the
 * storage under it, where a probe would be refused by itself.
 */
export class CircuitBreaker {
  readonly #rule: Rule;
  readonly #announcer = new Announcer();
  #counting: IBreaker;
  #state: CircuitState = "closed";
  #since = Date.now();
  /** On the monotonic clock: when an open circuit lets a probe through, and a half-open one another. */
  #nextAt = 0;
  #isProbing = false;
  #period: Permit = 0;
  #successes = 0;
  #failures = 0;
  #refused = 0;

  /** `false`: it opens only when it is isolated. @throws INVALID_ARGUMENTS */
  constructor(options: BreakerOptions | false = {}) {
    this.#rule = toRule(options);
    this.#counting = this.#rule.count();
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** When it came into its state. */
  get since(): Date {
    return new Date(this.#since);
  }

  /** When the next call is let through: undefined when that is now, or when only `release` makes it so. */
  get retryAt(): Date | undefined {
    if (this.#state !== "open" && !(this.#state === "half-open" && this.#isProbing))
      return undefined;
    return new Date(Date.now() + Math.max(0, Math.ceil(this.#nextAt - performance.now())));
  }

  get counts(): CircuitCounts {
    return { successes: this.#successes, failures: this.#failures, refused: this.#refused };
  }

  /**
   * Hears of each change of state, once. What a listener throws changes nothing. Returns how to stop it.
   * @throws INVALID_ARGUMENTS for what is no function
   */
  onStateChange(listener: StateListener): () => void {
    checkListener(listener);
    return this.#announcer.add(listener);
  }

  /** Lets nothing through until it is released. */
  isolate(): void {
    if (this.#state !== "isolated") this.#become("isolated");
  }

  /** Closes it, whatever its state. */
  release(): void {
    if (this.#state !== "closed") this.#close();
  }

  /** Lets a call through, whose end is then told by `settle`. @throws UNAVAILABLE when it does not. */
  admit(): Permit {
    if (this.#state === "closed") return this.#period;
    const mayTry = this.#state === "half-open" && !this.#isProbing;
    if (!mayTry && (this.#state === "isolated" || performance.now() < this.#nextAt))
      throw this.#refusal();
    this.#nextAt = performance.now() + this.#rule.openForMs;
    const permit = this.#period + 1;
    if (this.#state === "open") {
      this.#become("half-open");
      // Who heard of it may have isolated or released it.
      return permit === this.#period ? permit : this.admit();
    }
    // A probe that has not ended for as long counts no more.
    this.#isProbing = true;
    this.#period = permit;
    return permit;
  }

  settle(permit: Permit, verdict: Verdict, code?: ErrorCode): void {
    if (verdict === "success") this.#successes++;
    if (verdict === "failure") this.#failures++;
    if (permit !== this.#period) return;
    if (this.#state === "half-open") this.#settleProbe(verdict, code);
    else if (verdict === "success") this.#counting.success(Counted.Closed);
    else if (verdict === "failure" && this.#counting.failure(Counted.Closed)) this.#open(code);
  }

  #settleProbe(verdict: Verdict, code: ErrorCode | undefined): void {
    this.#isProbing = false;
    if (verdict === "success") this.#close();
    if (verdict === "failure") this.#open(code);
  }

  #open(code: ErrorCode | undefined): void {
    this.#nextAt = performance.now() + this.#rule.openForMs;
    this.#become("open", code);
  }

  #close(): void {
    this.#counting = this.#rule.count();
    this.#become("closed");
  }

  #become(to: CircuitState, code?: ErrorCode): void {
    const from = this.#state;
    this.#state = to;
    this.#since = Date.now();
    // It becomes half-open by its probe, before anybody hears of it: a listener's own call is no second one.
    this.#isProbing = to === "half-open";
    this.#period++;
    const retryAt = to === "open" ? this.retryAt : undefined;
    this.#announcer.tell({ from, to, at: this.since, retryAt, code });
  }

  #refusal(): SynthaError {
    this.#refused++;
    const { state, retryAt } = this;
    if (retryAt === undefined)
      return new SynthaError("UNAVAILABLE", "The circuit is isolated: nothing was tried.", {
        hint: "Call release() on its breaker to let calls through.",
        details: { state },
      });
    const message = `The circuit is ${state}, since what is behind it failed: nothing was tried.`;
    return new SynthaError("UNAVAILABLE", message, {
      hint: `Try again at ${retryAt.toISOString()}, or see the errors before this one.`,
      details: { state, retryAt },
    });
  }
}
