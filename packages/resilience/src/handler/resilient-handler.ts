import {
  type CallOrigin,
  type Effect,
  ToolHandlerWrapper,
  type ToolAnswer,
  type ToolCaller,
  type ToolHandler,
} from "@syntha/tools";
import type { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import { FailedAnswer } from "../policy/failure.ts";
import type { PolicyOptions } from "../policy/options.ts";
import { type CallKind, Policies } from "../policy/policies.ts";

/** A handler whose calls go by policies. What they refuse is answered as a failure, like all else that fails. */
export class ResilientHandler<const P extends string = ""> extends ToolHandlerWrapper<P> {
  readonly breaker: CircuitBreaker;
  readonly #policies: Policies;
  readonly #read: CallKind;
  readonly #write: CallKind;
  /** Of the tools that were found so far: a tool's effect never changes. */
  readonly #effects = new Map<string, Effect>();

  constructor(handler: ToolCaller, policies: Policies) {
    super(handler);
    this.#policies = policies;
    this.breaker = policies.breaker;
    const failureIn = (answer: ToolAnswer): FailedAnswer | undefined =>
      answer.success ? undefined : new FailedAnswer(answer, handler.causeOf?.(answer));
    this.#read = { isRead: true, failureIn };
    this.#write = { isRead: false, failureIn };
  }

  protected override async answer(
    name: string,
    args: unknown,
    origin: CallOrigin | undefined,
  ): Promise<ToolAnswer> {
    try {
      const manner = this.#effectOf(name) === "read" ? this.#read : this.#write;
      return await this.#policies.run(
        () => this.handler.handleToolCall(name, args, origin),
        manner,
      );
    } catch (failure) {
      if (failure instanceof FailedAnswer) return failure.answer;
      return this.handler.toFailure(name, failure);
    }
  }

  /** Undefined for what the agent may not call: that is refused before anything is read or written. */
  #effectOf(name: string): Effect | undefined {
    const known = this.#effects.get(name);
    if (known !== undefined || !this.handler.can(name)) return known;
    for (const tool of this.handler.tools()) this.#effects.set(tool.name, tool.effect);
    return this.#effects.get(name);
  }
}

/**
 * Puts policies around a handler: hand it to models and adapters in the handler's place.
 * @throws INVALID_ARGUMENTS for options that can't be used
 */
export function resilientHandler<const P extends string>(
  handler: ToolHandler<P>,
  policies?: Policies | PolicyOptions,
): ResilientHandler<P>;
export function resilientHandler<const P extends string>(
  handler: ToolCaller<P>,
  policies?: Policies | PolicyOptions,
): ResilientHandler<P>;
export function resilientHandler(
  handler: ToolCaller,
  policies: Policies | PolicyOptions = {},
): ResilientHandler<string> {
  return new ResilientHandler(
    handler,
    policies instanceof Policies ? policies : new Policies(policies),
  );
}
