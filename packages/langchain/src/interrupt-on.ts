import { SynthaError } from "@syntha/core";
import type { Effect, ToolCaller } from "@syntha/tools";

/**
 * For `humanInTheLoopMiddleware({ interruptOn })`: the handler's tools with one of these effects wait until a person
 * approves, edits or rejects the call. Default: those that destroy.
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
  const asked = handler.tools().filter(({ effect }) => effects.includes(effect));
  return Object.fromEntries(asked.map(({ name }) => [name, true]));
}
