import { SynthaError } from "@syntha/core";
import type { Effect, ToolCaller } from "@syntha/tools";

/**
 * The option of `humanInTheLoopMiddleware` that makes calls of tools with these effects wait until a person approves, edits
 * or rejects them.
 *
 * @example
 * humanInTheLoopMiddleware({ interruptOn: interruptOn(handler) });
 *
 * @param effects
 * @default ["destroy"]
 * @throws INVALID_ARGUMENTS if `effects` is not a list
 */
export function interruptOn(
  handler: ToolCaller,
  effects: readonly Effect[] = ["destroy"],
): Record<string, true> {
  if (!Array.isArray(effects)) {
    throw new SynthaError("INVALID_ARGUMENTS", "`effects` must be a list.", {
      hint: 'Pass some of ["read", "write", "destroy"].',
      details: { path: "effects" },
    });
  }
  const tools = handler.tools().filter(({ effect }) => effects.includes(effect));
  return Object.fromEntries(tools.map(({ name }) => [name, true]));
}
