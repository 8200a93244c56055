import { SynthaError } from "@syntha/core";
import type {
  ChatCompletionChunk,
  ChatCompletionMessage,
  ChatCompletionMessageFunctionToolCall,
} from "openai/resources/chat/completions";

/**
 * Collects the chunks of a streamed completion into its message: text, refusal and function calls of the first choice.
 *
 * @example
 * const stream = await client.chat.completions.create({ model, messages, tools, stream: true });
 * const message = await chatMessage(stream);
 * messages.push(message, ...(await answerChat(handler, message)));
 *
 * @throws UNAVAILABLE if the stream ends before the message is complete; errors of the stream itself are passed on
 */
export async function chatMessage(
  stream: AsyncIterable<ChatCompletionChunk>,
): Promise<ChatCompletionMessage> {
  const message: ChatCompletionMessage = { role: "assistant", content: null, refusal: null };
  const calls = new StreamedCalls();
  let isDone = false;
  for await (const { choices } of stream) {
    // Some servers report usage without choices, and content filters send choices without a delta.
    const choice = (choices as typeof choices | null | undefined)?.find(({ index }) => !index);
    if (choice === undefined) continue;
    const delta: Partial<ChatCompletionChunk.Choice.Delta> = choice.delta ?? {};
    if (typeof delta.content === "string")
      message.content = (message.content ?? "") + delta.content;
    if (typeof delta.refusal === "string")
      message.refusal = (message.refusal ?? "") + delta.refusal;
    for (const piece of delta.tool_calls ?? []) calls.add(piece);
    if (choice.finish_reason) isDone = true;
  }
  // The SDK ends an aborted stream without an error, and a partial message would look complete.
  if (!isDone)
    throw new SynthaError("UNAVAILABLE", "The stream ended before the message was complete.", {
      hint: "Repeat the request, unless you aborted the stream.",
    });
  if (calls.list.length > 0) message.tool_calls = calls.list;
  return message;
}

/**
 * Calls that arrive in pieces. Servers differ: some send no index, or the same one for all calls; some repeat ids and names,
 * others send null for them.
 */
class StreamedCalls {
  readonly #open = new Map<number, ChatCompletionMessageFunctionToolCall>();
  readonly #all: { index: number; call: ChatCompletionMessageFunctionToolCall }[] = [];

  /** In the order of their index. */
  get list(): ChatCompletionMessageFunctionToolCall[] {
    return this.#all.toSorted((a, b) => a.index - b.index).map(({ call }) => call);
  }

  add(piece: ChatCompletionChunk.Choice.Delta.ToolCall): void {
    const { index, id, function: called } = piece;
    const name = called?.name;
    let call = this.#open.get(index);
    if (call === undefined || (id && name && id !== call.id)) {
      call = { id: "", type: "function", function: { name: "", arguments: "" } };
      this.#open.set(index, call);
      this.#all.push({ index, call });
    }
    call.id ||= id ?? "";
    call.function.name ||= name ?? "";
    call.function.arguments += called?.arguments ?? "";
  }
}
