import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { type ErrorCode, isSynthaError } from "@syntha/core";

/** What the client can correct. */
const INVALID_PARAMS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "INVALID_ARGUMENTS",
  "INVALID_TEXT",
  "INVALID_CURSOR",
  "CURSOR_COMPACTED",
  "TOO_LARGE",
  "SCHEMA_MISMATCH",
]);

/**
 * The answer to a request that has no other way to fail: an error of the mesh as one of the protocol, with our code and
 * hint in its data.
 */
export function toProtocolError(error: unknown): unknown {
  if (!isSynthaError(error)) return error;
  const { code, message, hint, retryable } = error;
  return new ProtocolError(
    INVALID_PARAMS.has(code) ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
    hint === "" ? message : `${message} ${hint}`,
    { code, hint, retryable },
  );
}
