import type { ToolCaller } from "@syntha/tools";
import type { FunctionTool } from "openai/resources/responses/responses";
import { withLenientParser } from "../lenient-parser.ts";
import { dialectOf, isStrict, type StrictOption } from "../strict-option.ts";

/** The tools that the agent has now, for `tools` of the Responses API. Add your own definitions to the list. */
export function responseTools(handler: ToolCaller, options: StrictOption = {}): FunctionTool[] {
  const strict = isStrict("responseTools", options);
  const tools = handler
    .tools({ dialect: dialectOf(strict) })
    .map(({ name, description, parameters }): FunctionTool => ({
      type: "function",
      name,
      description,
      parameters: { ...parameters },
      strict,
    }));
  return strict ? tools.map(withLenientParser) : tools;
}
