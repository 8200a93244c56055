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
 * The answer to a request that has no other way to fail, such as a read of a resource: the code of a mesh's error is in
 * `data.code`. Messages of storages and drivers are left out: their paths and names are not for clients.
 */
export function toProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (!isSynthaError(error))
    return new ProtocolError(ProtocolErrorCode.InternalError, "Internal error.");
  const { code, message, hint, retryable } = error;
  if (INVALID_PARAMS.has(code)) {
    const text = hint === "" ? message : `${message} ${hint}`;
    return new ProtocolError(ProtocolErrorCode.InvalidParams, text, { code, hint, retryable });
  }
  const text = `The mesh could not answer: ${code}.`;
  return new ProtocolError(ProtocolErrorCode.InternalError, text, { code, retryable });
}
