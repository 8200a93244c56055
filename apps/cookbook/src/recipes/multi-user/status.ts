import { type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** The HTTP status of each error code. */
const STATUS: Record<ErrorCode, ContentfulStatusCode> = {
  INVALID_ARGUMENTS: 400,
  INVALID_TEXT: 400,
  INVALID_VALUE: 400,
  INVALID_ROUTE: 400,
  ROUTE_REQUIRED: 400,
  INVALID_CURSOR: 400,
  NOT_OWNER: 403,
  FORBIDDEN: 403,
  TOOL_DENIED: 403,
  NOT_FOUND: 404,
  UNKNOWN_AGENT: 404,
  UNKNOWN_TOOL: 404,
  KEY_TAKEN: 409,
  STALE_TOKEN: 409,
  TENANT_EXISTS: 409,
  CURSOR_COMPACTED: 410,
  // Caused by `If-Match` and `If-None-Match` only.
  CONFLICT: 412,
  TOO_LARGE: 413,
  TOO_COMPLEX: 422,
  SCHEMA_MISMATCH: 422,
  TASK_FAILED: 422,
  LIMIT_EXCEEDED: 429,
  // Tenant ids come from the users, never from a request.
  INVALID_TENANT: 500,
  MISCONFIGURED: 500,
  STORAGE_MISMATCH: 500,
  CORRUPT_DATA: 500,
  TOOL_FAILED: 500,
  UNKNOWN_OUTCOME: 500,
  UNAVAILABLE: 503,
  CLOSED: 503,
  ABORTED: 503,
  TIMEOUT: 504,
};

export interface Problem {
  readonly status: ContentfulStatusCode;
  /** When to retry, if that may help. */
  readonly retryAfterSeconds: number | undefined;
  readonly body: { code: string; error: string; hint: string; retryable: boolean };
}

/** The answer to a failed request. Unexpected errors are not disclosed to the client. */
export function toProblem(error: unknown): Problem {
  if (!isSynthaError(error)) {
    const body = {
      code: "INTERNAL",
      error: "Internal error.",
      hint: "",
      retryable: false,
    };
    return { status: 500, retryAfterSeconds: undefined, body };
  }
  const { code, message, hint, retryable } = error;
  const body = { code, error: message, hint, retryable };
  return { status: STATUS[code], retryAfterSeconds: retryAfter(error), body };
}

function retryAfter(error: SynthaError): number | undefined {
  const hasRetryTime =
    isSynthaError(error, "LIMIT_EXCEEDED") || isSynthaError(error, "UNAVAILABLE");
  const at = hasRetryTime ? error.details.retryAt : undefined;
  if (at !== undefined) return Math.max(1, Math.ceil((at.getTime() - Date.now()) / 1_000));
  return error.retryable ? 1 : undefined;
}

export function invalid(path: string, hint: string): SynthaError {
  const message = `Invalid ${path}.`;
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
