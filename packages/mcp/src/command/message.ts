import { isSynthaError } from "@syntha/core";
import { ConnectionError } from "./connection-error.ts";
import { UsageError } from "./usage-error.ts";

/** An error as a person reads it. Only what should not happen has a stack. */
export function messageOf(error: unknown): string {
  if (isSynthaError(error)) return [error.message, error.hint].filter(Boolean).join("\n");
  if (error instanceof UsageError || error instanceof ConnectionError) return error.message;
  return String((error as Error)?.stack ?? error);
}
