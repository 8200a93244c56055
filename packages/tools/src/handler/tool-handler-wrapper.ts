import type { ToolFailure } from "../answer/failure.ts";
import type { AccessSummary } from "../access/access.ts";
import type { Role } from "../access/role.ts";
import type { ToolList } from "../access/tool-list.ts";
import type { ToolArguments, ToolName } from "../tools/index.ts";
import type { AnswerFor, ArgumentsFor, CallOptions, ToolAnswer } from "./call-types.ts";
import type { SchemaDialect } from "../schema/json-schema.ts";
import type { OutputSchema } from "../schema/output-schema.ts";
import type { ToolDefinition, ToolsOptions } from "./definition.ts";
import type { ToolCaller } from "./tool-caller.ts";

/**
 * A handler around another handler: it intercepts each call and forwards everything else. Extend it and implement `answer`.
 *
 * @example
 * class CountingHandler extends ToolHandlerWrapper {
 *   calls = 0;
 *   protected override answer(name: string, args: unknown, options?: CallOptions): Promise<ToolAnswer> {
 *     this.calls++;
 *     return this.handler.handleToolCall(name, args, options);
 *   }
 * }
 */
export abstract class ToolHandlerWrapper<const P extends string = ""> implements ToolCaller<P> {
  protected readonly handler: ToolCaller;

  constructor(handler: ToolCaller) {
    this.handler = handler;
  }

  /** Answers a call, with or without `this.handler`. Must not throw or reject: use `toFailure`. */
  protected abstract answer(
    name: string,
    args: unknown,
    options: CallOptions | undefined,
  ): Promise<ToolAnswer>;

  get allow(): ToolList {
    return this.handler.allow;
  }

  get deny(): ToolList {
    return this.handler.deny;
  }

  get agentName(): string {
    return this.handler.agentName;
  }

  get tenantId(): string | undefined {
    return this.handler.tenantId;
  }

  get role(): Role {
    return this.handler.role;
  }

  setRole(role: Role): void {
    this.handler.setRole(role);
  }

  handleToolCall<N extends ToolName>(
    this: ToolCaller<"">,
    name: N,
    args: ToolArguments[N],
    options?: CallOptions,
  ): Promise<ToolAnswer<N>>;
  handleToolCall<const N extends string>(
    name: N,
    ...args: ArgumentsFor<P, N>
  ): Promise<AnswerFor<P, N>>;
  handleToolCall(name: string, args?: unknown, options?: CallOptions): Promise<ToolAnswer> {
    return this.answer(name, args, options);
  }

  tools<D extends SchemaDialect = "strict">(options?: ToolsOptions<D>): ToolDefinition<D>[] {
    return this.handler.tools(options);
  }

  outputSchema(name: string): OutputSchema | undefined {
    return this.handler.outputSchema(name);
  }

  availableTools(): string[] {
    return this.handler.availableTools();
  }

  knows(name: string): boolean {
    return this.handler.knows(name);
  }

  can(name: string): boolean {
    return this.handler.can(name);
  }

  accessSummary(): AccessSummary {
    return this.handler.accessSummary();
  }

  toFailure(name: unknown, error: unknown): ToolFailure {
    return this.handler.toFailure(name, error);
  }

  causeOf(failure: ToolFailure): unknown {
    return this.handler.causeOf?.(failure);
  }
}
