import { answerCalls, type AnswerCallsOptions, type ToolCaller } from "@syntha/tools";
import type {
  Response,
  ResponseInputItem,
  ResponseOutputItem,
} from "openai/resources/responses/responses";

/**
 * Answers the calls of functions in a response, or in its output items, each by one item and in their order; none where
 * there are none. All other items are left to you.
 * @throws INVALID_ARGUMENTS, before anything is called, when a tool of your own has the name of one of the mesh's
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
