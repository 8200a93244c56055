import type { CallOrigin, ToolAnswer, ToolCaller } from "@syntha/tools";

/** A handler whose calls are told to somebody first, and wait for what that gives, as what stands around one may do. */
export function overhear(
  handler: ToolCaller,
  hear: (name: string, args: unknown, origin?: CallOrigin) => unknown,
): ToolCaller {
  const handleToolCall = async (
    name: string,
    args?: unknown,
    origin?: CallOrigin,
  ): Promise<ToolAnswer> => {
    await hear(name, args, origin);
    return handler.handleToolCall(name, args, origin);
  };
  return new Proxy(handler, {
    get: (target, name) => {
      if (name === "handleToolCall") return handleToolCall;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
