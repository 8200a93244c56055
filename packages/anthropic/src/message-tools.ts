import type Anthropic from "@anthropic-ai/sdk";
import { checkFlag, checkOptions, type KnownOptions, knownOptions } from "@syntha/core/storage";
import type { ToolCaller } from "@syntha/tools";

export interface MessageToolsOptions {
  /**
   * Whether the API enforces each tool's schema. The API limits how many arguments of one request may be null; all tools of
   * the mesh together have more.
   * @default false
   */
  readonly strict?: boolean | undefined;
}

const strictOf = (of: string): KnownOptions =>
  knownOptions<MessageToolsOptions>(of, { strict: true });

/** Definitions of the tools that the agent has now, for `client.messages` and `client.beta.messages`. */
export function messageTools(
  handler: ToolCaller,
  options: MessageToolsOptions = {},
): MessageTool[] {
  return toMessageTools("messageTools", handler, options);
}

/** The same, for the options of the call `of`. */
export function toMessageTools(
  of: string,
  handler: ToolCaller,
  options: MessageToolsOptions,
): MessageTool[] {
  checkOptions(options, strictOf(of));
  checkFlag("strict", options.strict);
  const { strict = false } = options;
  return handler
    .tools({ dialect: strict ? "strict" : "portable" })
    .map(({ name, description, parameters }) => ({
      name,
      description,
      input_schema: { ...parameters },
      ...(strict && { strict }),
    }));
}

/** A tool that both of the SDK's interfaces accept. */
export type MessageTool = Anthropic.Tool & Anthropic.Beta.BetaTool;
