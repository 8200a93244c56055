import { answerCalls, type AnswerCallsOptions, type ToolCaller } from "@syntha/tools";
import type {
  Response,
  ResponseInputItem,
  ResponseOutputItem,
} from "openai/resources/responses/responses";

/**
 * Answers the function calls of a response, or of its output items: one item for each, in the order of the calls. Other
 * items are ignored.
 * @throws INVALID_ARGUMENTS, before anything is called, if one of your tools has the name of a mesh tool
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
