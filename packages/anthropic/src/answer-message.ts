import type Anthropic from "@anthropic-ai/sdk";
import {
  answerCalls,
  type AnswerCallsOptions,
  type CallAnswer,
  type ModelCall,
  type ToolCaller,
} from "@syntha/tools";
import { isContent } from "./custom-tools.ts";

/** The parts that are read of a message from `client.messages` or `client.beta.messages`. */
export type AnsweredMessage =
  | Pick<Anthropic.Message, "content" | "stop_reason">
  | Pick<Anthropic.Beta.BetaMessage, "content" | "stop_reason">;

/** To be appended to the conversation, after the message that it answers. */
export interface AnswerMessage {
  role: "user";
  content: Anthropic.ToolResultBlockParam[];
}

/** Stop reasons of messages whose last call may be truncated. */
const TRUNCATING: readonly unknown[] = ["max_tokens", "model_context_window_exceeded", "refusal"];

/**
 * Answers the `tool_use` blocks of a message with one user message, or undefined if there are none. A truncated call does
 * not run; it is answered as a call with invalid arguments.
 *
 * @example
 * const message = await client.messages.create({ model, max_tokens, messages, tools: messageTools(handler) });
 * messages.push({ role: "assistant", content: message.content });
 * const answer = await answerMessage(handler, message);
 * if (answer !== undefined) messages.push(answer);
 *
 * @throws INVALID_ARGUMENTS, before any call, if one of your tools has the name of a mesh tool
 */
export async function answerMessage(
  handler: ToolCaller,
  message: AnsweredMessage,
  options: AnswerCallsOptions = {},
): Promise<AnswerMessage | undefined> {
  const calls = callsOf(message);
  if (calls.length === 0) return undefined;
  const answers = await answerCalls(handler, calls, options);
  return { role: "user", content: answers.map(toResult) };
}

function toResult({ id, text, failed, result }: CallAnswer): Anthropic.ToolResultBlockParam {
  return {
    type: "tool_result",
    tool_use_id: id,
    // Content that only the beta interface accepts comes only from tools for that interface.
    content: isContent(result) ? (result as ResultContent) : text,
    ...(failed && { is_error: true }),
  };
}

type ResultContent = NonNullable<Anthropic.ToolResultBlockParam["content"]>;

function callsOf({ content, stop_reason }: AnsweredMessage): ModelCall[] {
  const truncated = TRUNCATING.includes(stop_reason) ? content.at(-1) : undefined;
  return content.flatMap((block) => {
    if (block.type !== "tool_use") return [];
    const { id, name } = block;
    return [{ id, name, arguments: block === truncated ? TRUNCATED_INPUT : originalInput(block) }];
  });
}

/** Invalid on purpose: the SDK or the API may have completed the arguments to something that the model did not mean. */
const TRUNCATED_INPUT = "{";

/**
 * The arguments of a call as the model wrote them. The SDK completes arguments that were truncated in a stream and drops
 * what it cannot parse, such as the condition of a write, but keeps the text beside the block.
 */
export function originalInput(block: { readonly input: unknown }): unknown {
  const { __json_buf: text } = block as { readonly __json_buf?: unknown };
  return typeof text === "string" ? text : block.input;
}
