import type { CallOptions, ToolAnswer, ToolCaller } from "@syntha/tools";

/** Wraps a handler: a function receives each call first, and the call waits for its promise. */
export function interceptCalls(
  handler: ToolCaller,
  onCall: (name: string, args: unknown, options?: CallOptions) => unknown,
): ToolCaller {
  const handleToolCall = async (
    name: string,
    args?: unknown,
    options?: CallOptions,
  ): Promise<ToolAnswer> => {
    await onCall(name, args, options);
    return handler.handleToolCall(name, args, options);
  };
  return new Proxy(handler, {
    get: (target, name) => {
      if (name === "handleToolCall") return handleToolCall;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
