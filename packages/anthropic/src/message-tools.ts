import type Anthropic from "@anthropic-ai/sdk";
import { checkFlag, checkOptions, type KnownOptions, knownOptions } from "@syntha/core/storage";
import type { ToolCaller } from "@syntha/tools";

export interface MessageToolsOptions {
  /**
   * Whether the API enforces the tools' schemas. The API limits the number of nullable arguments in one request; all mesh
   * tools together have more.
   * @default false
   */
  readonly strict?: boolean | undefined;
}

const strictOf = (of: string): KnownOptions =>
  knownOptions<MessageToolsOptions>(of, { strict: true });

/**
 * Definitions of the currently available tools, for `client.messages` and `client.beta.messages`. Answer the calls with
 * {@link answerMessage}.
 * @throws INVALID_ARGUMENTS for an unknown option
 */
export function messageTools(
  handler: ToolCaller,
  options: MessageToolsOptions = {},
): MessageTool[] {
  return toMessageTools("messageTools", handler, options);
}

/** The same, with errors that name the function `of`. */
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

/** A definition that `client.messages` and `client.beta.messages` accept. */
export type MessageTool = Anthropic.Tool & Anthropic.Beta.BetaTool;
