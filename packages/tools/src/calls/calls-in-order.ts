import type { ToolAnswer } from "../handler/call-types.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";

/** Calls a tool of the mesh; `run` is any object that stands for one run of a model. */
export type OrderedCall = (name: string, args: unknown, run?: object) => Promise<ToolAnswer>;

/**
 * For frameworks that begin the calls of one message all at once: those of one run are answered one after the other, as
 * they came, so that a model that writes and then reads finds what it wrote. Calls without a run are one run.
 */
export function callsInOrder(handler: ToolCaller): OrderedCall {
  const last = new WeakMap<object, Promise<unknown>>();
  return (name, args, run = handler) => {
    const before = last.get(run);
    const answer =
      before === undefined
        ? handler.handleToolCall(name, args)
        : before.then(() => handler.handleToolCall(name, args));
    last.set(run, answer);
    return answer;
  };
}
