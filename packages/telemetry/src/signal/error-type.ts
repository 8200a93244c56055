import { type ErrorCode, isSynthaError } from "@syntha/core";

/** The code of an error, or the name of its class; not its message, which may contain keys and names. */
export function errorType(error: unknown): string {
  if (isSynthaError(error)) return error.code;
  const constructor = error instanceof Error ? (error.constructor as unknown) : undefined;
  const name = typeof constructor === "function" ? constructor.name : "";
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

/** Whether something is broken, as opposed to an operation that a rule refused. */
export function isOutage(type: string): boolean {
  return OUTAGES.has(type) || !/^[A-Z_]+$/.test(type);
}
