import {
  type CallOptions,
  ToolHandlerWrapper,
  type ToolAnswer,
  type ToolCaller,
  type ToolDefinition,
  type ToolHandler,
} from "@syntha/tools";
import type { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import { FailedAnswer } from "../policy/failure.ts";
import type { PolicyOptions } from "../policy/options.ts";
import { type CallKind, Policies } from "../policy/policies.ts";

type ToolKind = Pick<ToolDefinition, "effect" | "toolset">;

/** A tool handler whose calls follow policies, except those that wait. A refused call is answered as a failure. */
export class ResilientHandler<const P extends string = ""> extends ToolHandlerWrapper<P> {
  readonly breaker: CircuitBreaker;
  readonly #policies: Policies;
  readonly #read: CallKind;
  readonly #write: CallKind;
  /** A tool's kind never changes, so it is cached. */
  readonly #kinds = new Map<string, ToolKind>();

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
    options: CallOptions | undefined,
  ): Promise<ToolAnswer> {
    try {
      const { effect, toolset } = this.#kindOf(name) ?? {};
      // These calls wait for other agents: slowness is no failure of the mesh.
      if (toolset === "live") return await this.handler.handleToolCall(name, args, options);
      const kind = effect === "read" ? this.#read : this.#write;
      return await this.#policies.run(() => this.handler.handleToolCall(name, args, options), kind);
    } catch (failure) {
      if (failure instanceof FailedAnswer) return failure.answer;
      return this.handler.toFailure(name, failure);
    }
  }

  /** Undefined for a tool that the agent may not call: the handler refuses it before anything is read or written. */
  #kindOf(name: string): ToolKind | undefined {
    const known = this.#kinds.get(name);
    if (known !== undefined || !this.handler.can(name)) return known;
    for (const tool of this.handler.tools()) this.#kinds.set(tool.name, tool);
    return this.#kinds.get(name);
  }
}

/**
 * Wraps a tool handler with policies. Pass the result to models and adapters in place of the handler. Prefer
 * {@link resilientStorage} where you create the storage; with both, retries multiply.
 * @throws INVALID_ARGUMENTS for invalid or unknown options
 * @example
 * const handler = resilientHandler(new ToolHandler(mesh.agent("Triage")), { timeout: "5s" });
 * const answer = await handler.handleToolCall("get_context");
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
