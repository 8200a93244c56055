import { checkOptions, knownOptions } from "@syntha/core/storage";
import type { ToolAnswer } from "../handler/call-types.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";
import { beginCall, type BeginCallOptions } from "./begin-call.ts";
import { Turns } from "./turns.ts";

export interface OrderedCallOptions extends BeginCallOptions {
  /** Any object that stands for one run of a model. */
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
 * For frameworks that begin the calls of one message all at once: those of one run are answered one after the other, as
 * they came, so that a model that writes and then reads finds what it wrote. Calls without a run are one run.
 */
export function callsInOrder(handler: ToolCaller): OrderedCall {
  const turns = new Turns();
  return async (name, args, options = {}) => {
    checkOptions(options, OPTIONS);
    return turns.next(options.run, () => beginCall(handler, name, args, options));
  };
}
