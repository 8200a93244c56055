import { types } from "node:util";
import { isSynthaError, SynthaError } from "@syntha/core";
import { sqlstateOf } from "./connection/sqlstate.ts";
import {
  CONNECTION_LOST,
  OTHER,
  type Reason,
  reasonFor,
  UNREACHABLE,
  UNREADABLE_FILE,
} from "./failure-reasons.ts";

/**
 * The error that callers receive when a statement fails: an error of the server or the connection as a SynthaError, any
 * other unchanged.
 */
export function toFailure(error: unknown): unknown {
  if (isSynthaError(error)) return error;
  const state = sqlstateOf(error);
  if (state === undefined && !isConnectionError(error)) return error;
  const fallback = state === undefined ? CONNECTION_LOST : OTHER;
  return failure(reasonFor("statement", state ?? "", messageOf(error)) ?? fallback, error);
}

/**
 * The error that callers receive when no connection can be made.
 * @param isKnownHost Whether the host was resolved before: then a resolver that does not find it is an outage.
 */
export function toConnectFailure(error: unknown, isKnownHost: boolean): unknown {
  if (isSynthaError(error) || !types.isNativeError(error)) return error;
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (syscall === "open") return failure(UNREADABLE_FILE, error);
  if (isKnownHost && syscall === "getaddrinfo") return failure(UNREACHABLE, error);
  const reason = reasonFor("connect", code, messageOf(error)) ?? UNREACHABLE;
  // Errors about a URL contain all of it, including the password.
  return failure(reason, code === "ERR_INVALID_URL" ? new Error(error.message) : error);
}

/** Whether the server, a pooler or the pool has no connection left, but will have one when another is returned. */
export function isExhausted(error: unknown): boolean {
  return (
    sqlstateOf(error) === "53300" ||
    /timeout exceeded when trying to connect|no more connections allowed|max client connections|could not get connection from the pool/i.test(
      messageOf(error),
    )
  );
}

/** For a commit whose connection was lost before the server answered. */
export function unknownOutcome(cause: unknown): SynthaError {
  return new SynthaError(
    "UNKNOWN_OUTCOME",
    "The connection was lost during the commit: the write may or may not have happened.",
    {
      hint: "Read the items that it would have changed before you write again. Repeating the write is safe with `ifRevision` or an event's id.",
      cause,
    },
  );
}

function failure({ code, message, hint }: Reason, cause: unknown): SynthaError {
  const state = sqlstateOf(cause);
  const original = messageOf(cause);
  const text = original === "" ? message : `${message}: ${original}`;
  return new SynthaError(code, state === undefined ? `${text}.` : `${text} (${state}).`, {
    hint,
    cause,
  });
}

/** A failed attempt on several addresses has no message but those of each. */
function messageOf(error: unknown): string {
  if (!types.isNativeError(error)) return "";
  if (error.message === "" && "errors" in error && Array.isArray(error.errors))
    return error.errors.map((each) => messageOf(each)).join("; ");
  return error.message.replace(/\.$/, "");
}

/** Whether the operating system or pg reports a failure of the connection. */
function isConnectionError(error: unknown): error is Error {
  if (!types.isNativeError(error)) return false;
  if ("syscall" in error) return true;
  if ("code" in error && typeof error.code === "string" && /^E[A-Z]+$|^ERR_/.test(error.code))
    return true;
  return /connection|connect\b|timeout expired|Client (was closed|has encountered)|Query read timeout|pool after calling end|rolled back/i.test(
    error.message,
  );
}
