import { refuseOptions } from "@syntha/core/storage";
import type { ToolCaller } from "@syntha/tools";
import { wrapText } from "./broken-arguments.ts";

/** The parts of a call that are read and changed: versions of the AI SDK name its type differently. */
export interface InvalidToolCall {
  readonly toolName: string;
  readonly input: string;
}

/** Fits `repairToolCall` of `generateText`, `streamText` and `ToolLoopAgent`, which ai 6 calls `experimental_repairToolCall`. */
export type RepairToolCall = <C extends InvalidToolCall>(options: {
  readonly toolCall: C;
}) => Promise<C | null>;

/**
 * Lets the mesh answer calls of its tools whose arguments are not JSON. Without it the AI SDK answers them with its own
 * message. Other calls are left to the AI SDK.
 */
export function repairToolCall(handler: ToolCaller): RepairToolCall {
  refuseOptions("repairToolCall", arguments[1]);
  return async ({ toolCall }) =>
    handler.knows(toolCall.toolName) ? { ...toolCall, input: wrapText(toolCall.input) } : null;
}
