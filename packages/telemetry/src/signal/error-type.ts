import { type ErrorCode, isSynthaError } from "@syntha/core";

/** What an error is told as: its code, or the name of its class; never its message, which may hold keys and names. */
export function errorType(error: unknown): string {
  if (isSynthaError(error)) return error.code;
  const made = error instanceof Error ? (error.constructor as unknown) : undefined;
  const name = typeof made === "function" ? made.name : "";
  return /^\w{1,64}$/.test(name) ? name : "_OTHER";
}

const OUTAGES: ReadonlySet<string> = new Set<ErrorCode | "_OTHER">([
  "_OTHER",
  "UNAVAILABLE",
  "TIMEOUT",
  "UNKNOWN_OUTCOME",
  "MISCONFIGURED",
  "STORAGE_MISMATCH",
]);

/** Whether something is broken, rather than refused by a rule. */
export function isOutage(type: string): boolean {
  return OUTAGES.has(type) || !/^[A-Z_]+$/.test(type);
}
