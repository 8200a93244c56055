import { answerCalls, type AnswerCallsOptions, type ToolCaller } from "@syntha/tools";
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionFunctionTool,
  ChatCompletionToolMessageParam,
} from "openai/resources/chat/completions";
import { dialectOf, isStrict, type StrictOption, withLenientParser } from "./strict-mode.ts";

/**
 * Definitions of the currently available tools, for `tools` of Chat Completions. Add your own definitions to the list, and
 * answer the calls with {@link answerChat}.
 * @throws INVALID_ARGUMENTS for an unknown option
 */
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

/**
 * Answers the calls of a message: one tool message for each, in the order of the calls. Calls of OpenAI's custom tools,
 * which take free text, are ignored.
 *
 * @example
 * const { choices } = await client.chat.completions.create({ model, messages, tools: chatTools(handler) });
 * const { message } = choices[0]!;
 * messages.push(message, ...(await answerChat(handler, message)));
 *
 * @throws INVALID_ARGUMENTS, before any call, if one of your tools has the name of a mesh tool
 */
export async function answerChat(
  handler: ToolCaller,
  message: ChatCompletionAssistantMessageParam,
  options?: AnswerCallsOptions,
): Promise<ChatCompletionToolMessageParam[]> {
  // `tool_calls` may be null, and some servers omit `type`.
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === "custom"
      ? []
      : [{ id: call.id, name: call.function.name, arguments: call.function.arguments }],
  );
  const answers = await answerCalls(handler, calls, options);
  return answers.map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text }));
}
