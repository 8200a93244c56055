import { ToolError } from "@anthropic-ai/sdk/lib/tools/ToolError";
import type { BetaRunnableTool } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { callsInOrder, type ToolCaller } from "@syntha/tools";
import { type MessageToolsOptions, toMessageTools } from "./message-tools.ts";
import { writtenInput } from "./written-input.ts";

/** The tools that the agent has now, for `client.beta.messages.toolRunner`. */
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
      const answer = await call(tool.name, writtenInput(toolUse), { id: toolUse.id, signal });
      const text = JSON.stringify(answer);
      // The runner marks as an error only what is thrown.
      if (!answer.success) throw new ToolError(text);
      return text;
    },
  }));
}
