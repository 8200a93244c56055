import type { ToolCaller } from "@syntha/tools";
import type { ChatCompletionFunctionTool } from "openai/resources/chat/completions";
import { withLenientParser } from "../lenient-parser.ts";
import { dialectOf, isStrict, type StrictOption } from "../strict-option.ts";

/** The tools that the agent has now, for `tools` of Chat Completions. Add your own definitions to the list. */
export function chatTools(
  handler: ToolCaller,
  options: StrictOption = {},
): ChatCompletionFunctionTool[] {
  const strict = isStrict("chatTools", options);
  const tools = handler
    .tools({ dialect: dialectOf(strict) })
    .map(({ name, description, parameters }): ChatCompletionFunctionTool => ({
      type: "function",
      function: { name, description, parameters: { ...parameters }, strict },
    }));
  return strict ? tools.map(withLenientParser) : tools;
}
