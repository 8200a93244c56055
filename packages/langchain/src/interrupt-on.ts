import type { Effect, ToolCaller } from "@syntha/tools";

/**
 * For `humanInTheLoopMiddleware({ interruptOn })`: the handler's tools with one of these effects wait for a person, who
 * may approve, edit or reject the call. Default: those that destroy.
 */
export function interruptOn(
  handler: ToolCaller,
  effects: readonly Effect[] = ["destroy"],
): Record<string, true> {
  const asked = handler.tools().filter(({ effect }) => effects.includes(effect));
  return Object.fromEntries(asked.map(({ name }) => [name, true]));
}
