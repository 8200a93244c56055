import { type AgentContext, type MeshSchema, SynthaError } from "@syntha/core";
import { nearest, refuseOptions } from "@syntha/core/storage";
import { Access } from "../access/access.ts";
import type { Role } from "../access/role.ts";
import type { ToolList } from "../access/tool-list.ts";
import { causeOf, type ToolFailure, toFailure } from "../answer/failure.ts";
import { inWords } from "../arguments/duration.ts";
import { type ReadArguments, readArguments } from "../arguments/read-arguments.ts";
import { checkDialect, type SchemaDialect } from "../schema/parameters.ts";
import type { Call, Tool } from "../tool.ts";
import {
  isToolName,
  TOOL_NAMES,
  type ToolArguments,
  type ToolName,
  toolOf,
} from "../tools/index.ts";
import type { AccessSummary } from "./access-summary.ts";
import type { AnswerFor, ArgumentsFor, CallOrigin, ToolAnswer } from "./call-types.ts";
import { type ToolDefinition, type ToolsOptions, toDefinition } from "./definition.ts";
import { type CheckedOptions, checkOptions, type ToolHandlerOptions } from "./options.ts";
import type { ToolCaller } from "./tool-caller.ts";

/** Lets a model act as one agent: describes its tools and answers their calls. */
export class ToolHandler<const P extends string = ""> implements ToolCaller<P> {
  /** May change at run time, like the role: `handler.deny.add("delete_context")`. */
  readonly allow: ToolList;
  readonly deny: ToolList;
  readonly #agent: AgentContext;
  readonly #access: Access;
  readonly #options: CheckedOptions;
  readonly #call: Call;

  /** @throws INVALID_ARGUMENTS for invalid options, such as an unknown role */
  constructor(agent: AgentContext<MeshSchema>, options: ToolHandlerOptions<P> = {}) {
    this.#options = checkOptions(options);
    this.#access = new Access(options);
    this.#agent = agent as unknown as AgentContext;
    const { allow, deny } = this.#access;
    [this.allow, this.deny] = [allow, deny];
    const { maxResultBytes, defaultTtl } = this.#options;
    const publicNameOf = (name: string): string | undefined =>
      this.can(name) ? this.#publicName(name) : undefined;
    this.#call = { agent: this.#agent, maxResultBytes, defaultTtl, publicNameOf };
  }

  /** The agent that every call acts as. */
  get agentName(): string {
    return this.#agent.name;
  }

  get tenantId(): string {
    return this.#agent.tenantId;
  }

  get role(): Role {
    return this.#access.role;
  }

  /**
   * Changes the agent's role for the next call and listing, and its toolsets if none were set; `allow` and `deny` stay.
   * @throws INVALID_ARGUMENTS for an unknown role; the role then stays
   */
  setRole(role: Role): void {
    refuseOptions("setRole", arguments[1]);
    this.#access.setRole(role);
  }

  /** Answers a call with any name and arguments. Never throws and never rejects; a failed call changes nothing. */
  handleToolCall<N extends ToolName>(
    this: ToolCaller<"">,
    name: N,
    args: ToolArguments[N],
    origin?: CallOrigin,
  ): Promise<ToolAnswer<N>>;
  handleToolCall<const N extends string>(
    name: N,
    ...args: ArgumentsFor<P, N>
  ): Promise<AnswerFor<P, N>>;
  async handleToolCall(name: unknown, args?: unknown, _origin?: CallOrigin): Promise<ToolAnswer> {
    let tool: Tool | undefined;
    let read: ReadArguments | undefined;
    try {
      tool = this.#find(name);
      const caller = { agent: this.#agent.name, tool: this.#publicName(tool.name) };
      read = readArguments(tool, args, this.#options.limits, caller);
      const result = await tool.run(this.#call, read.args as never);
      const { ignored } = read;
      return {
        success: true,
        ...result,
        ...(ignored.length > 0 && { ignored_arguments: ignored }),
      } as ToolAnswer;
    } catch (error) {
      return toFailure(error, tool, this.#call, read?.args);
    }
  }

  /**
   * Definitions of the tools that the agent has now, as new objects.
   * @throws INVALID_ARGUMENTS for an unknown dialect
   */
  tools<D extends SchemaDialect = "strict">(options: ToolsOptions<D> = {}): ToolDefinition<D>[] {
    const dialect = checkDialect(options) as D;
    const { prefix, defaultTtl } = this.#options;
    const context = {
      prefix,
      defaultTtl: defaultTtl === undefined ? undefined : inWords(defaultTtl),
    };
    return this.#access.available().map((name) => toDefinition(name, dialect, context));
  }

  /** Names of the tools that the agent has, with the prefix. */
  availableTools(): string[] {
    return this.#access.available().map((name) => this.#publicName(name));
  }

  /** Whether a name, with the handler's prefix, is a tool of the mesh, even if the agent may not call it. */
  knows(name: string): boolean {
    return this.#toolNamed(name) !== undefined;
  }

  /** Whether the agent has a tool, by its name with or without prefix. */
  can(name: string): boolean {
    const tool = isToolName(name) ? name : this.#toolNamed(name);
    return tool !== undefined && this.#access.obstacle(tool) === undefined;
  }

  /** The answer of a call with that name that failed with this error. */
  toFailure(name: unknown, error: unknown): ToolFailure {
    const tool = this.#toolNamed(name);
    return toFailure(error, tool && toolOf(tool), this.#call);
  }

  /** The underlying error of an answer, for programs: the messages of storages and drivers are not shown to models. */
  causeOf(failure: ToolFailure): unknown {
    return causeOf(failure);
  }

  accessSummary(): AccessSummary {
    const { role, toolsets, allow, deny } = this.#access;
    return {
      agent: this.#agent.name,
      role,
      toolsets: [...toolsets],
      allow: allow.names,
      deny: deny.names,
      available: this.#access.available(),
      unavailable: TOOL_NAMES.flatMap((tool) => {
        const reason = this.#access.obstacle(tool);
        return reason === undefined ? [] : [{ tool, reason }];
      }),
    };
  }

  #find(name: unknown): Tool {
    const tool = this.#toolNamed(name);
    const available = this.availableTools();
    const list =
      available.length > 0 ? `Available: ${available.join(", ")}.` : "No tool is available.";
    if (tool === undefined) {
      const near = typeof name === "string" ? nearest(name, available) : [];
      const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}? ${list}` : list;
      throw new SynthaError("UNKNOWN_TOOL", unknownTool(name), { hint });
    }
    const obstacle = this.#access.obstacle(tool);
    if (obstacle === undefined) return toolOf(tool);
    const message = `${this.#agent.name} may not call ${this.#publicName(tool)}: ${obstacle}.`;
    throw new SynthaError("TOOL_DENIED", message, { hint: list });
  }

  #toolNamed(name: unknown): ToolName | undefined {
    const { prefix } = this.#options;
    if (typeof name !== "string" || !name.startsWith(prefix)) return undefined;
    const bare = name.slice(prefix.length);
    return isToolName(bare) ? bare : undefined;
  }

  #publicName(name: string): string {
    return `${this.#options.prefix}${name}`;
  }
}

function unknownTool(name: unknown): string {
  if (name === undefined || name === null || name === "") return "No tool name was given.";
  return typeof name === "string"
    ? `There is no tool ${JSON.stringify(name.slice(0, 60))}.`
    : "A tool name must be text.";
}
