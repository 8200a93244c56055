import { checkOptions, knownOptions } from "@syntha/core/storage";
import type { ToolAnswer } from "../handler/call-types.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";
import { beginCall, type BeginCallOptions } from "./begin-call.ts";
import { KeyedQueue } from "./keyed-queue.ts";

export interface OrderedCallOptions extends BeginCallOptions {
  /** Any object that identifies one run of a model. */
  readonly run?: object | undefined;
}

const OPTIONS = knownOptions<OrderedCallOptions>("an ordered call", {
  run: true,
  id: true,
  signal: true,
});

/** Calls a tool of the mesh. */
export type OrderedCall = (
  name: string,
  args: unknown,
  options?: OrderedCallOptions,
) => Promise<ToolAnswer>;

/**
 * For frameworks that start all calls of one message at once: the calls of one run are answered one after the other, in
 * their order, so that a model that writes and then reads finds what it wrote. Calls without a run belong to one run.
 */
export function callsInOrder(handler: ToolCaller): OrderedCall {
  const turns = new KeyedQueue();
  return async (name, args, options = {}) => {
    checkOptions(options, OPTIONS);
    return turns.next(options.run, () => beginCall(handler, name, args, options));
  };
}
