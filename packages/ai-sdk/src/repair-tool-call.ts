import { refuseOptions } from "@syntha/core/storage";
import type { ToolCaller } from "@syntha/tools";

/** The parts of a call that are read and changed. Its type has another name in each version of the AI SDK. */
export interface InvalidToolCall {
  readonly toolName: string;
  readonly input: string;
}

/** The type of the option `repairToolCall`, which ai 6 calls `experimental_repairToolCall`. */
export type RepairToolCall = <C extends InvalidToolCall>(options: {
  readonly toolCall: C;
}) => Promise<C | null>;

/**
 * Lets the handler answer calls of its tools whose arguments are not JSON, with a hint. Without it, the AI SDK answers them
 * with its own message. Calls of other tools are left to the AI SDK.
 *
 * @example
 * await generateText({ model, prompt, tools: aiTools(handler), repairToolCall: repairToolCall(handler) });
 */
export function repairToolCall(handler: ToolCaller): RepairToolCall {
  refuseOptions("repairToolCall", arguments[1]);
  return async ({ toolCall }) =>
    handler.knows(toolCall.toolName)
      ? { ...toolCall, input: JSON.stringify({ [TEXT_PROPERTY]: toolCall.input }) }
      : null;
}

/** Holds arguments that are not JSON, as text: Anthropic's API accepts only objects. */
const TEXT_PROPERTY = "INVALID_JSON";

/** The text of a repaired call, or the arguments of any other call. */
export function originalInput(input: unknown): unknown {
  if (typeof input !== "object" || input === null || !Object.hasOwn(input, TEXT_PROPERTY))
    return input;
  const { [TEXT_PROPERTY]: text, ...rest } = input as { readonly [TEXT_PROPERTY]: unknown };
  return typeof text === "string" && Object.keys(rest).length === 0 ? text : input;
}
