import type { ToolFailure } from "../answer/failure.ts";
import type { AccessSummary } from "../access/access.ts";
import type { Role } from "../access/role.ts";
import type { ToolList } from "../access/tool-list.ts";
import type { ToolArguments, ToolName } from "../tools/index.ts";
import type { AnswerFor, ArgumentsFor, CallOptions, ToolAnswer } from "./call-types.ts";
import type { SchemaDialect } from "../schema/json-schema.ts";
import type { OutputSchema } from "../schema/output-schema.ts";
import type { ToolDefinition, ToolsOptions } from "./definition.ts";

/** What callers and adapters need of a handler: a {@link ToolHandler}, or a {@link ToolHandlerWrapper} around one. */
export interface ToolCaller<P extends string = string> {
  /** Can change at run time, like the role. */
  readonly allow: ToolList;
  readonly deny: ToolList;

  /** The agent as which every call acts. */
  readonly agentName: string;

  /** The agent's tenant, if known. */
  readonly tenantId?: string | undefined;

  readonly role: Role;

  /**
   * Changes the role for the next call and listing, and the toolsets if none were set; `allow` and `deny` stay.
   * @throws INVALID_ARGUMENTS for an unknown role; the current role stays
   */
  setRole(role: Role): void;

  /**
   * Answers a call with any name and arguments. Never throws or rejects; a failed call changes nothing.
   * @param name with the handler's prefix
   * @param args an object, or its JSON text
   */
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

  /**
   * Definitions of the currently available tools, as new objects.
   * @throws INVALID_ARGUMENTS for an unknown dialect
   */
  tools<D extends SchemaDialect = "strict">(options?: ToolsOptions<D>): ToolDefinition<D>[];

  /**
   * JSON Schema of a tool's answer to a call that succeeded, with `success`, as a new object: `outputSchema` of an MCP
   * server. Undefined if the name is not a mesh tool. An answer that failed has another form.
   * @param name with the handler's prefix; of any mesh tool, available or not
   */
  outputSchema(name: string): OutputSchema | undefined;

  /** Names of the currently available tools, with the prefix. */
  availableTools(): string[];

  /** Whether a name, with the handler's prefix, is a mesh tool, available or not. */
  knows(name: string): boolean;

  /** Whether a tool is available, by its name with or without prefix. */
  can(name: string): boolean;

  /** The available tools, and why each other one is unavailable. */
  accessSummary(): AccessSummary;

  /** The answer for a call of the tool `name` that failed with `error`, for wrappers and adapters. */
  toFailure(name: unknown, error: unknown): ToolFailure;

  /** The error from which an answer was made, for programs: messages of storages and drivers are not shown to models. */
  causeOf?(failure: ToolFailure): unknown;
}
