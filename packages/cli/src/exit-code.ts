import { isSynthaError } from "@syntha/core";
import { UsageError } from "@syntha/mcp/storage";

/** Why the program ended. */
export const EXIT = { ok: 0, failed: 1, usage: 2, problems: 3 } as const;

/** Refusals of what the command line says, whatever the mesh holds. */
const OF_ARGUMENTS = [
  "INVALID_ARGUMENTS",
  "INVALID_CURSOR",
  "INVALID_ROUTE",
  "INVALID_TENANT",
  "INVALID_TEXT",
  "ROUTE_REQUIRED",
] as const;

export function exitCodeOf(error: unknown): number {
  const isUsage =
    error instanceof UsageError || OF_ARGUMENTS.some((code) => isSynthaError(error, code));
  return isUsage ? EXIT.usage : EXIT.failed;
}
