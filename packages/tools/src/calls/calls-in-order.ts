import { SynthaError } from "@syntha/core";
import { checkOptions, KeyedQueue, knownOptions } from "@syntha/core/storage";
import type { CallOptions, ToolAnswer } from "../handler/call-types.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";

/** The signal also prevents a call that has not started. */
export interface OrderedCallOptions extends CallOptions {
  /** An object that identifies one run of a model. Calls without a run share one. */
  readonly run?: object | undefined;
}

const OPTIONS = knownOptions<OrderedCallOptions>("an ordered call", {
  run: true,
  id: true,
  signal: true,
});

/** Calls a tool of the mesh. Never rejects for a failed call: the answer then has `success: false`. */
export type OrderedCall = (
  name: string,
  args: unknown,
  options?: OrderedCallOptions,
) => Promise<ToolAnswer>;

/**
 * Answers the calls of one run sequentially, in the order in which they start, for frameworks that start all calls of a
 * message at once: a model that writes and then reads in one message reads what it wrote. Runs do not wait for each other.
 * To answer a whole message, use {@link answerCalls}.
 *
 * @example
 * const call = callsInOrder(handler);
 * const execute = (args: unknown, { run }: { run: object }) => call("push_context", args, { run });
 */
export function callsInOrder(handler: ToolCaller): OrderedCall {
  const queue = new KeyedQueue<object | undefined>();
  return async (name, args, options = {}) => {
    checkOptions(options, OPTIONS);
    return queue.run(options.run, () => startCall(handler, name, args, options));
  };
}

/** Calls a tool of the mesh, or answers ABORTED if the signal is already aborted. */
export function startCall(
  handler: ToolCaller,
  name: string,
  args: unknown,
  { id, signal }: CallOptions,
): Promise<ToolAnswer> {
  if (!signal?.aborted) return handler.handleToolCall(name, args, { id, signal });
  const error = new SynthaError("ABORTED", "The call was aborted before it started.");
  return Promise.resolve(handler.toFailure(name, error));
}
