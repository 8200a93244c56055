import type { ToolFailure } from "../answer/failure.ts";
import type { Role } from "../access/role.ts";
import type { ToolList } from "../access/tool-list.ts";
import type { ToolArguments, ToolName } from "../tools/index.ts";
import type { AccessSummary } from "./access-summary.ts";
import type { AnswerFor, ArgumentsFor, CallOrigin, ToolAnswer } from "./call-types.ts";
import type { SchemaDialect } from "../schema/parameters.ts";
import type { ToolDefinition, ToolsOptions } from "./definition.ts";

/** What callers and adapters ask of a handler. A `ToolHandler` is one, and so is what another package puts around it. */
export interface ToolCaller<P extends string = string> {
  /** May change at run time, as the role may: `handler.deny.add("delete_context")`. */
  readonly allow: ToolList;
  readonly deny: ToolList;

  /** The agent that every call acts as. */
  readonly agentName: string;

  /** The tenant that the agent belongs to, where it is told. */
  readonly tenantId?: string | undefined;

  readonly role: Role;

  /** Gives the agent another role, and the role's own toolsets where none were named. @throws INVALID_ARGUMENTS. */
  setRole(role: Role): void;

  /** Answers a call, whatever its name and arguments are. Never throws and never rejects; a failed call changed nothing. */
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

  /** Definitions of the tools that the agent has now, as objects of the caller's own. */
  tools<D extends SchemaDialect = "strict">(options?: ToolsOptions<D>): ToolDefinition<D>[];

  /** Names of the tools that the agent has, as a model knows them. */
  availableTools(): string[];

  /** Whether a name, with the handler's prefix, is that of a tool of the mesh; of one that the agent may not call, too. */
  knows(name: string): boolean;

  /** Whether the agent has a tool, by its name with or without prefix. */
  can(name: string): boolean;

  accessSummary(): AccessSummary;

  /** How a call by that name is answered that failed by this error, in the words that a model is told. */
  toFailure(name: unknown, error: unknown): ToolFailure;

  /** The error behind an answer that it gave, for programs: models are not told what a storage or driver says. */
  causeOf?(failure: ToolFailure): unknown;
}
