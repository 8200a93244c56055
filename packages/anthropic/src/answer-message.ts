import type Anthropic from "@anthropic-ai/sdk";
import {
  answerCalls,
  type AnswerCallsOptions,
  type CallAnswer,
  type ModelCall,
  type ToolCaller,
} from "@syntha/tools";
import { isContent } from "./custom-tools.ts";
import { writtenInput } from "./written-input.ts";

/** The parts of a message that are read: `client.messages` and `client.beta.messages` return it. */
export type AnsweredMessage =
  | Pick<Anthropic.Message, "content" | "stop_reason">
  | Pick<Anthropic.Beta.BetaMessage, "content" | "stop_reason">;

/** Append it to the conversation after the message that it answers. */
export interface AnswerMessage {
  role: "user";
  content: Anthropic.ToolResultBlockParam[];
}

/** Stop reasons of a message that may end within a call. */
const BROKEN_OFF: readonly unknown[] = ["max_tokens", "model_context_window_exceeded", "refusal"];

/**
 * Answers the `tool_use` blocks of a message, the mesh's and your own, with one user message, or undefined if there are
 * none. A truncated call is not run: its answer says that its arguments are invalid.
 * @throws INVALID_ARGUMENTS, before anything is called, if one of your tools has the name of a mesh tool
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
    // What only the beta interface takes comes only from tools made for it.
    content: isContent(result) ? (result as ResultContent) : text,
    ...(failed && { is_error: true }),
  };
}

type ResultContent = NonNullable<Anthropic.ToolResultBlockParam["content"]>;

function callsOf({ content, stop_reason }: AnsweredMessage): ModelCall[] {
  const brokenOff = BROKEN_OFF.includes(stop_reason) ? content.at(-1) : undefined;
  return content.flatMap((block) => {
    if (block.type !== "tool_use") return [];
    const { id, name } = block;
    return [{ id, name, arguments: block === brokenOff ? BROKEN_INPUT : writtenInput(block) }];
  });
}

/** Arguments that end too early: whatever the SDK or the API has made of them, they are not what was meant. */
const BROKEN_INPUT = "{";
