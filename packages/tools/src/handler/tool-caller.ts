import type { ToolFailure } from "../answer/failure.ts";
import type { Role } from "../access/role.ts";
import type { ToolList } from "../access/tool-list.ts";
import type { ToolArguments, ToolName } from "../tools/index.ts";
import type { AccessSummary } from "./access-summary.ts";
import type { AnswerFor, ArgumentsFor, CallOrigin, ToolAnswer } from "./call-types.ts";
import type { SchemaDialect } from "../schema/parameters.ts";
import type { ToolDefinition, ToolsOptions } from "./definition.ts";

/** The interface of handlers for callers and adapters: a `ToolHandler`, or a wrapper around one. */
export interface ToolCaller<P extends string = string> {
  /** May change at run time, like the role: `handler.deny.add("delete_context")`. */
  readonly allow: ToolList;
  readonly deny: ToolList;

  /** The agent that every call acts as. */
  readonly agentName: string;

  /** The tenant of the agent, if it is known. */
  readonly tenantId?: string | undefined;

  readonly role: Role;

  /** Changes the agent's role, and its toolsets if none were set. @throws INVALID_ARGUMENTS */
  setRole(role: Role): void;

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

  /** Definitions of the tools that the agent has now, as new objects. */
  tools<D extends SchemaDialect = "strict">(options?: ToolsOptions<D>): ToolDefinition<D>[];

  /** Names of the tools that the agent has, with the prefix. */
  availableTools(): string[];

  /** Whether a name, with the handler's prefix, is a tool of the mesh, even if the agent may not call it. */
  knows(name: string): boolean;

  /** Whether the agent has a tool, by its name with or without prefix. */
  can(name: string): boolean;

  accessSummary(): AccessSummary;

  /** The answer of a call with that name that failed with this error. */
  toFailure(name: unknown, error: unknown): ToolFailure;

  /** The underlying error of an answer, for programs: the messages of storages and drivers are not shown to models. */
  causeOf?(failure: ToolFailure): unknown;
}
