import { answerCalls, type AnswerCallsOptions, type ToolCaller } from "@syntha/tools";
import type {
  FunctionTool,
  Response,
  ResponseInputItem,
  ResponseOutputItem,
} from "openai/resources/responses/responses";
import { dialectOf, isStrict, type StrictOption, withLenientParser } from "./strict-mode.ts";

/**
 * Definitions of the currently available tools, for `tools` of the Responses API. Add your own definitions to the list, and
 * answer the calls with {@link answerResponse}.
 * @throws INVALID_ARGUMENTS for an unknown option
 */
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

/**
 * Answers the function calls of a response, or of its output items: one item for each, in the order of the calls. Other
 * items are ignored.
 *
 * @example
 * const response = await client.responses.create({ model, input, tools: responseTools(handler) });
 * input.push(...response.output, ...(await answerResponse(handler, response)));
 *
 * @throws INVALID_ARGUMENTS, before any call, if one of your tools has the name of a mesh tool
 */
export async function answerResponse(
  handler: ToolCaller,
  response: Pick<Response, "output"> | readonly ResponseOutputItem[],
  options?: AnswerCallsOptions,
): Promise<ResponseInputItem.FunctionCallOutput[]> {
  const items = "output" in response ? response.output : response;
  const calls = items.flatMap((item) =>
    item.type === "function_call"
      ? [{ id: item.call_id, name: item.name, arguments: item.arguments }]
      : [],
  );
  const answers = await answerCalls(handler, calls, options);
  return answers.map(({ id, text }) => ({
    type: "function_call_output",
    call_id: id,
    output: text,
  }));
}
