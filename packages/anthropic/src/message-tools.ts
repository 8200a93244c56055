import type Anthropic from "@anthropic-ai/sdk";
import type { ToolCaller } from "@syntha/tools";

export interface MessageToolsOptions {
  /**
   * Lets the API hold the model to each tool's schema. Default false: the API takes only so many arguments that may be
   * null in one request, fewer than all tools of the mesh have.
   */
  readonly strict?: boolean | undefined;
}

/** Definitions of the tools that the agent has now, for `client.messages` and `client.beta.messages`. */
export function messageTools(
  handler: ToolCaller,
  { strict = false }: MessageToolsOptions = {},
): MessageTool[] {
  return handler.tools().map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: { ...parameters },
    ...(strict && { strict }),
  }));
}

/** A tool as both of the SDK's interfaces take it. */
export type MessageTool = Anthropic.Tool & Anthropic.Beta.BetaTool;
