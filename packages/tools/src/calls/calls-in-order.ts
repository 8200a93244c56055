import type { ToolAnswer } from "../handler/call-types.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";
import { beginCall, type BeginCallOptions } from "./begin-call.ts";

export interface OrderedCallOptions extends BeginCallOptions {
  /** Any object that stands for one run of a model. */
  readonly run?: object | undefined;
}

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
  const last = new WeakMap<object, Promise<unknown>>();
  return (name, args, options = {}) => {
    const { run = handler } = options;
    const before = last.get(run);
    const begin = () => beginCall(handler, name, args, options);
    const answer = before === undefined ? begin() : before.then(begin);
    last.set(run, answer);
    return answer;
  };
}
