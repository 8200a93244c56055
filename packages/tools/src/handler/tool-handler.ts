import { type AgentContext, type MeshSchema, SynthaError } from "@syntha/core";
import { nearest, refuseOptions } from "@syntha/core/storage";
import { Access, type AccessSummary } from "../access/access.ts";
import type { Role } from "../access/role.ts";
import type { ToolList } from "../access/tool-list.ts";
import { causeOf, type ToolFailure, toFailure } from "../answer/failure.ts";
import { describeDuration } from "../arguments/duration.ts";
import { type ReadArguments, readArguments } from "../arguments/read-arguments.ts";
import { checkDialect, type SchemaDialect } from "../schema/json-schema.ts";
import { type OutputSchema, outputSchemaOf } from "../schema/output-schema.ts";
import type { Tool, ToolContext } from "../tool.ts";
import { isToolName, type ToolArguments, type ToolName, toolOf } from "../tools/index.ts";
import type { AnswerFor, ArgumentsFor, CallOptions, ToolAnswer } from "./call-types.ts";
import { type ToolDefinition, type ToolsOptions, toDefinition } from "./definition.ts";
import { type CheckedOptions, checkOptions, type ToolHandlerOptions } from "./options.ts";
import type { ToolCaller } from "./tool-caller.ts";

/**
 * The tools with which a model acts as one agent: it describes them and answers their calls. Adapters convert both to a
 * vendor's formats; {@link toolHandlers} creates the handlers of several agents.
 *
 * @example
 * const handler = new ToolHandler(mesh.agent("Triage"), { role: "readonly" });
 * const definitions = handler.tools(); // name, description, JSON Schema
 * const answer = await handler.handleToolCall("get_context", '{"keys":["inquiry"]}');
 */
export class ToolHandler<const P extends string = ""> implements ToolCaller<P> {
  /** The only tools that the agent may call. Can change at run time, like the role. */
  readonly allow: ToolList;
  /** Tools that the agent may not call: `handler.deny.add("delete_context")`. */
  readonly deny: ToolList;
  readonly #agent: AgentContext;
  readonly #access: Access;
  readonly #options: CheckedOptions;
  readonly #context: ToolContext;

  /**
   * @param agent `mesh.agent(name)` or `mesh.system`
   * @throws INVALID_ARGUMENTS for invalid options, such as an unknown role
   */
  constructor(agent: AgentContext<MeshSchema>, options: ToolHandlerOptions<P> = {}) {
    this.#options = checkOptions(options);
    this.#access = new Access(options);
    this.#agent = agent as unknown as AgentContext;
    const { allow, deny } = this.#access;
    [this.allow, this.deny] = [allow, deny];
    const { maxResultBytes, maxWaitMs, defaultTtl } = this.#options;
    const publicNameOf = (name: string): string | undefined =>
      this.can(name) ? this.#publicName(name) : undefined;
    this.#context = { agent: this.#agent, maxResultBytes, maxWaitMs, defaultTtl, publicNameOf };
  }

  get agentName(): string {
    return this.#agent.name;
  }

  get tenantId(): string {
    return this.#agent.tenantId;
  }

  get role(): Role {
    return this.#access.role;
  }

  setRole(role: Role): void {
    refuseOptions("setRole", arguments[1]);
    this.#access.setRole(role);
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
  async handleToolCall(name: unknown, args?: unknown, options?: CallOptions): Promise<ToolAnswer> {
    let tool: Tool | undefined;
    let read: ReadArguments | undefined;
    try {
      tool = this.#availableTool(name);
      const caller = { agent: this.#agent.name, tool: this.#publicName(tool.name) };
      read = readArguments(tool, args, this.#options.limits, caller);
      const result = await tool.run(
        this.#context,
        read.args as never,
        options?.signal ?? undefined,
      );
      const { ignored } = read;
      return {
        success: true,
        ...result,
        ...(ignored.length > 0 && { ignored_arguments: ignored }),
      } as ToolAnswer;
    } catch (error) {
      return toFailure(error, tool, this.#context, read?.args);
    }
  }

  tools<D extends SchemaDialect = "strict">(options: ToolsOptions<D> = {}): ToolDefinition<D>[] {
    const dialect = checkDialect(options) as D;
    const { prefix, defaultTtl } = this.#options;
    const context = {
      prefix,
      toolsets: this.#access.toolsets,
      defaultTtl: defaultTtl === undefined ? undefined : describeDuration(defaultTtl),
    };
    return this.#access.available().map((name) => toDefinition(name, dialect, context));
  }

  outputSchema(name: string): OutputSchema | undefined {
    const tool = this.#toolName(name);
    return tool && outputSchemaOf(toolOf(tool).output);
  }

  availableTools(): string[] {
    return this.#access.available().map((name) => this.#publicName(name));
  }

  knows(name: string): boolean {
    return this.#toolName(name) !== undefined;
  }

  can(name: string): boolean {
    const tool = isToolName(name) ? name : this.#toolName(name);
    return tool !== undefined && this.#access.denialReason(tool) === undefined;
  }

  toFailure(name: unknown, error: unknown): ToolFailure {
    const tool = this.#toolName(name);
    return toFailure(error, tool && toolOf(tool), this.#context);
  }

  causeOf(failure: ToolFailure): unknown {
    return causeOf(failure);
  }

  accessSummary(): AccessSummary {
    return this.#access.summary(this.#agent.name);
  }

  /** @throws UNKNOWN_TOOL, TOOL_DENIED */
  #availableTool(name: unknown): Tool {
    const tool = this.#toolName(name);
    const reason = tool && this.#access.denialReason(tool);
    if (tool !== undefined && reason === undefined) return toolOf(tool);
    // Listed only now: a call that succeeds needs no hint.
    const available = this.availableTools();
    const list =
      available.length > 0 ? `Available: ${available.join(", ")}.` : "No tool is available.";
    if (tool !== undefined) {
      const message = `${this.#agent.name} may not call ${this.#publicName(tool)}: ${reason}.`;
      throw new SynthaError("TOOL_DENIED", message, { hint: list });
    }
    const near = typeof name === "string" ? nearest(name, available) : [];
    const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}? ${list}` : list;
    throw new SynthaError("UNKNOWN_TOOL", unknownToolMessage(name), { hint });
  }

  #toolName(name: unknown): ToolName | undefined {
    const { prefix } = this.#options;
    if (typeof name !== "string" || !name.startsWith(prefix)) return undefined;
    const bare = name.slice(prefix.length);
    return isToolName(bare) ? bare : undefined;
  }

  #publicName(name: string): string {
    return `${this.#options.prefix}${name}`;
  }
}

function unknownToolMessage(name: unknown): string {
  if (name === undefined || name === null || name === "") return "No tool name was given.";
  return typeof name === "string"
    ? `There is no tool ${JSON.stringify(name.slice(0, 60))}.`
    : "A tool name must be text.";
}
