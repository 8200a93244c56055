import { type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** For every code the status that HTTP has for it. */
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
  UNKNOWN_TOOL: 404,
  KEY_TAKEN: 409,
  STALE_TOKEN: 409,
  TENANT_EXISTS: 409,
  CURSOR_COMPACTED: 410,
  // It comes of `If-Match` and `If-None-Match` alone.
  CONFLICT: 412,
  TOO_LARGE: 413,
  TOO_COMPLEX: 422,
  SCHEMA_MISMATCH: 422,
  LIMIT_EXCEEDED: 429,
  // Tenants come from our own users, never from a request.
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
  /** When to try again, where that may help. */
  readonly retryAfterSeconds: number | undefined;
  readonly body: { code: string; error: string; hint: string; retryable: boolean };
}

/** How a failure is answered. Of what nobody foresaw the client is told nothing but that it happened. */
export function toProblem(error: unknown): Problem {
  if (!isSynthaError(error)) {
    const body = {
      code: "INTERNAL",
      error: "Something went wrong here.",
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
  const told = isSynthaError(error, "LIMIT_EXCEEDED") || isSynthaError(error, "UNAVAILABLE");
  const at = told ? error.details.retryAt : undefined;
  if (at !== undefined) return Math.max(1, Math.ceil((at.getTime() - Date.now()) / 1_000));
  return error.retryable ? 1 : undefined;
}

export function invalid(path: string, hint: string): SynthaError {
  const message = `The request's ${path} can't be used.`;
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
