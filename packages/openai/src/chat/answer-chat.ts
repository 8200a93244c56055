import { answerCalls, type AnswerCallsOptions, type ToolCaller } from "@syntha/tools";
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionToolMessageParam,
} from "openai/resources/chat/completions";

/**
 * Answers the calls of a message: one tool message for each, in the order of the calls. Calls of custom tools, which take
 * free text, are ignored.
 * @throws INVALID_ARGUMENTS, before anything is called, if one of your tools has the name of a mesh tool
 */
export async function answerChat(
  handler: ToolCaller,
  message: ChatCompletionAssistantMessageParam,
  options?: AnswerCallsOptions,
): Promise<ChatCompletionToolMessageParam[]> {
  // Some servers say null, and some leave out the type.
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === "custom"
      ? []
      : [{ id: call.id, name: call.function.name, arguments: call.function.arguments }],
  );
  const answers = await answerCalls(handler, calls, options);
  return answers.map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text }));
}
