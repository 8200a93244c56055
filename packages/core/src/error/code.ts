/**
 * Every code of a {@link SynthaError}. Codes are stable across releases; messages are not. `docs/errors.md` has a section
 * for each.
 */
export const ERROR_CODES = [
  "INVALID_ARGUMENTS",
  "INVALID_TEXT",
  "INVALID_VALUE",
  "TOO_LARGE",
  "TOO_COMPLEX",
  "INVALID_ROUTE",
  "ROUTE_REQUIRED",
  "INVALID_TENANT",
  "TENANT_EXISTS",
  "INVALID_CURSOR",
  "CURSOR_COMPACTED",
  "SCHEMA_MISMATCH",
  "KEY_TAKEN",
  "NOT_OWNER",
  "NOT_FOUND",
  "CONFLICT",
  "STALE_TOKEN",
  "FORBIDDEN",
  "UNKNOWN_AGENT",
  "UNKNOWN_TOOL",
  "TOOL_DENIED",
  "TOOL_FAILED",
  "TASK_FAILED",
  "LIMIT_EXCEEDED",
  "UNAVAILABLE",
  "TIMEOUT",
  "UNKNOWN_OUTCOME",
  "MISCONFIGURED",
  "STORAGE_MISMATCH",
  "CORRUPT_DATA",
  "CLOSED",
  "ABORTED",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Codes after which the same call may succeed later, without any change by the caller. */
export const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["UNAVAILABLE", "TIMEOUT"]);
