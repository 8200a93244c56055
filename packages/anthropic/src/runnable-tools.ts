import { ToolError } from "@anthropic-ai/sdk/lib/tools/ToolError";
import type { BetaRunnableTool } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { callsInOrder, type ToolCaller } from "@syntha/tools";
import { originalInput } from "./answer-message.ts";
import { type MessageToolsOptions, toMessageTools } from "./message-tools.ts";

/**
 * The currently available tools, for `tools` of `client.beta.messages.toolRunner`. Add your own to the list.
 *
 * @example
 * const runner = client.beta.messages.toolRunner({ model, max_tokens, messages, tools: runnableTools(handler) });
 * const message = await runner;
 *
 * @throws INVALID_ARGUMENTS for an unknown option
 */
export function runnableTools(
  handler: ToolCaller,
  options: MessageToolsOptions = {},
): BetaRunnableTool<unknown>[] {
  const call = callsInOrder(handler);
  return toMessageTools("runnableTools", handler, options).map((tool) => ({
    ...tool,
    parse: (input: unknown) => input,
    run: async (input, context) => {
      const { toolUse = { input, id: undefined }, signal } = context ?? {};
      const answer = await call(tool.name, originalInput(toolUse), { id: toolUse.id, signal });
      const text = JSON.stringify(answer);
      // The runner marks only thrown results as errors.
      if (!answer.success) throw new ToolError(text);
      return text;
    },
  }));
}
