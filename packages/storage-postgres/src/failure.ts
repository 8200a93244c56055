import { types } from "node:util";
import { type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import { sqlstateOf } from "./connection/sqlstate.ts";

/** How an error of the server or the driver is reported. */
export interface Reason {
  readonly code: ErrorCode;
  /** What failed; the words of the server, the driver or the resolver follow. */
  readonly message: string;
  readonly hint: string;
}

type Rule = Reason & { readonly when: RegExp };

/** By SQLSTATE, of statements. */
const STATES: readonly Rule[] = [
  {
    when: /^55P03/,
    code: "UNAVAILABLE",
    message: "Timed out waiting for the tenant lock",
    hint: "Try again; look for a long transaction on the schema's tables, or raise `busyTimeout`.",
  },
  {
    when: /^40/,
    code: "UNAVAILABLE",
    message: "Conflicts with other transactions did not end",
    hint: "Try again; look for other programs that write to the schema's tables.",
  },
  {
    when: /^53300/,
    code: "UNAVAILABLE",
    message: "The server has no connection left",
    hint: "Lower `connections`, raise the server's max_connections, or put a pooler in front of it.",
  },
  {
    when: /^(57014|25P0)/,
    code: "UNAVAILABLE",
    message: "The server ended a statement or transaction that took too long or was cancelled",
    hint: "Try again; look at the server's load, or raise `statementTimeout`.",
  },
  {
    when: /^(25006|57P0|08|53)/,
    code: "UNAVAILABLE",
    message: "The server can't do this at present",
    hint: "It is starting, stopping, full or a read-only standby: try again.",
  },
  {
    when: /^42501/,
    code: "MISCONFIGURED",
    message: "The role lacks a permission",
    hint: "Grant it USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on its tables; creating them takes CREATE, or `migrate: false` and migrationSql().",
  },
  {
    when: /^(42P07|42P06|42710)/,
    code: "STORAGE_MISMATCH",
    message: "The schema holds tables of another program",
    hint: "Give the storage a schema that nothing else uses, by `schema`.",
  },
  {
    when: /^(3F000|42P01|42703|42883)/,
    code: "STORAGE_MISMATCH",
    message: "The schema's tables are missing, or are not those of this release",
    hint: "Open it once with `migrate: true`, or run what migrationSql() gives; check `schema`.",
  },
];

/** By the words of the server, a pooler or pg. */
const WORDS: readonly Rule[] = [
  {
    when: /statement pooling mode/i,
    code: "MISCONFIGURED",
    message: "The pooler lends connections by the statement",
    hint: "Set its pool_mode to transaction or session, or connect to the server directly.",
  },
  {
    when: /Cannot use a pool after calling end/,
    code: "CLOSED",
    message: "The pool was ended",
    hint: "Close the mesh before the pool, or pass another pool.",
  },
];

const LOST: Reason = {
  code: "UNAVAILABLE",
  message: "The connection to the server was lost",
  hint: "Try again: the next call uses another connection. Nothing was changed.",
};

const OTHER: Reason = {
  code: "UNAVAILABLE",
  message: "PostgreSQL error",
  hint: "Nothing was changed; `cause` has the server's details.",
};

/**
 * What callers get for an error of a statement: a SynthaError as it is, an error of the server or the connection with a
 * code and a hint, a bug unchanged.
 */
export function toFailure(error: unknown): unknown {
  if (isSynthaError(error)) return error;
  const state = sqlstateOf(error);
  if (state === undefined && !isConnectionError(error)) return error;
  const words = messageOf(error);
  const reason =
    WORDS.find(({ when }) => when.test(words)) ??
    (state === undefined ? LOST : (STATES.find(({ when }) => when.test(state)) ?? OTHER));
  return failure(reason, error);
}

/** The error with its reason, in the words of the server, the driver or the resolver. */
export function failure({ code, message, hint }: Reason, cause: unknown): SynthaError {
  const state = sqlstateOf(cause);
  const words = messageOf(cause);
  const text = words === "" ? message : `${message}: ${words}`;
  return new SynthaError(code, state === undefined ? `${text}.` : `${text} (${state}).`, {
    hint,
    cause,
  });
}

/** The outcome of a commit that the server may or may not have done before its connection was lost. */
export function unknownOutcome(cause: unknown): SynthaError {
  return new SynthaError(
    "UNKNOWN_OUTCOME",
    "The connection was lost during the commit: the write may or may not have happened.",
    {
      hint: "Read what it was to change before you write again; with `ifRevision`, or an event's id, repeating it is harmless.",
      cause,
    },
  );
}

/** An attempt on several addresses has no words but those of each. */
export function messageOf(error: unknown): string {
  if (!types.isNativeError(error)) return "";
  if (error.message === "" && "errors" in error && Array.isArray(error.errors))
    return error.errors.map((each) => messageOf(each)).join("; ");
  return error.message.replace(/\.$/, "");
}

/** Whether it is about the connection: the system's error, or pg's. */
function isConnectionError(error: unknown): error is Error {
  if (!types.isNativeError(error)) return false;
  if ("syscall" in error) return true;
  if ("code" in error && typeof error.code === "string" && /^E[A-Z]+$|^ERR_/.test(error.code))
    return true;
  return /connection|connect\b|timeout expired|Client (was closed|has encountered)|Query read timeout|pool after calling end|rolled back/i.test(
    error.message,
  );
}
