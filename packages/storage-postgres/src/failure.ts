import { isSynthaError, SynthaError } from "@syntha/core";

/** The server's own code of an error, five characters (SQLSTATE); undefined for any other error. */
function stateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("severity" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * Whether it is the server's answer to a statement: the connection goes on, and nothing was committed. With its last
 * words (08, 57P, FATAL) or in trouble of its own (58, XX) it may have committed before.
 */
export function isAnswer(error: unknown): boolean {
  const state = stateOf(error);
  if (state === undefined || /^(08|57P|58|XX)/.test(state)) return false;
  const { severity } = error as { readonly severity?: unknown };
  return severity !== "FATAL" && severity !== "PANIC";
}

/** Whether it is a standby's answer, or that of a server that is about to become one: another connection may lead to another server. */
export function isReadOnly(error: unknown): boolean {
  return stateOf(error) === "25006";
}

/** Whether others' transactions were in the way, so that the same again may succeed. */
export function isCollision(error: unknown): boolean {
  return /^(40001|40P01)$/.test(stateOf(error) ?? "");
}

/** Whether a connection that seemed sound gave no answer. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

interface Reason {
  readonly when: RegExp;
  readonly code: "UNAVAILABLE" | "STORAGE_MISMATCH" | "CLOSED";
  readonly message: string;
  readonly hint: string;
}

/** By SQLSTATE. */
const STATES: readonly Reason[] = [
  {
    when: /^(55P03|40)/,
    code: "UNAVAILABLE",
    message: "Others' transactions did not let go of the tenant in time.",
    hint: "Try again; look for a long transaction on the schema's tables, or raise `busyTimeout`.",
  },
  {
    when: /^53300/,
    code: "UNAVAILABLE",
    message: "The server has no connection left.",
    hint: "Lower `connections`, raise the server's max_connections, or put a pooler in front of it.",
  },
  {
    when: /^(57014|25P0)/,
    code: "UNAVAILABLE",
    message: "The server ended what took too long, or somebody cancelled it.",
    hint: "Try again; look at the server's load, and at statement_timeout of this role and database.",
  },
  {
    when: /^(25006|57P0|08|53)/,
    code: "UNAVAILABLE",
    message: "The server can't be written to just now.",
    hint: "It is starting, stopping, full or a read-only standby: try again, and see `cause`.",
  },
  {
    when: /^(28|3D)/,
    code: "UNAVAILABLE",
    message: "The server does not let this user in.",
    hint: "Check user, password and database in the connection string; `cause` has the server's words.",
  },
  {
    when: /^42501/,
    code: "UNAVAILABLE",
    message: "This role may not use the schema's tables.",
    hint: "Grant it USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on its tables; to make them it needs CREATE, or `migrate: false` and migrationSql().",
  },
  {
    when: /^(42P07|42P06|42710)/,
    code: "STORAGE_MISMATCH",
    message: "The schema holds tables that are not ours.",
    hint: "Give the storage a schema of its own by `schema`.",
  },
  {
    when: /^(3F000|42P01|42703|42883)/,
    code: "STORAGE_MISMATCH",
    message: "The schema's tables are missing, or are not what this release made.",
    hint: "Open it once with `migrate: true`, or run what migrationSql() gives; check `schema`.",
  },
];

/** By the message of pg itself, or the system's code. */
const LOSSES: readonly Reason[] = [
  {
    when: /timeout exceeded when trying to connect/,
    code: "UNAVAILABLE",
    message: "No connection was free, or could be made, in time.",
    hint: "Raise `connections` or `busyTimeout`; check that the server can be reached.",
  },
  {
    when: /Cannot use a pool after calling end/,
    code: "CLOSED",
    message: "The pool that was handed in has been ended.",
    hint: "Close the mesh before the pool, or hand in another one.",
  },
];

const LOST: Omit<Reason, "when"> = {
  code: "UNAVAILABLE",
  message: "The connection to the server was lost, or could not be made.",
  hint: "Try again: the next call connects anew. Nothing was changed.",
};

const OTHER: Omit<Reason, "when"> = {
  code: "UNAVAILABLE",
  message: "PostgreSQL could not do it.",
  hint: "See `cause` for what it says; nothing was changed.",
};

/** What callers get for an error: ours as it is, the server's and the connection's with a code and a hint, a bug unchanged. */
export function toFailure(error: unknown): unknown {
  if (isSynthaError(error)) return error;
  const state = stateOf(error);
  if (state !== undefined) {
    const reason = STATES.find(({ when }) => when.test(state)) ?? OTHER;
    return failure(reason, `(${state})`, error);
  }
  if (!isLoss(error)) return error;
  const { message } = error;
  return failure(LOSSES.find(({ when }) => when.test(message)) ?? LOST, "", error);
}

/** What the server may or may not have done before its connection was lost. */
export function unknownOutcome(cause: unknown): SynthaError {
  return new SynthaError(
    "UNKNOWN_OUTCOME",
    "The connection was lost while the server committed: the write may have happened or not.",
    {
      hint: "Read what it was to change before you write again; with `ifRevision`, or an event's id, the same again does no harm.",
      cause,
    },
  );
}

/** Whether it is about the connection: the system's word, or pg's. */
function isLoss(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if ("syscall" in error) return true;
  if ("code" in error && typeof error.code === "string" && /^E[A-Z]+$|^ERR_/.test(error.code))
    return true;
  return /connection|connect\b|timeout expired|Client (was closed|has encountered)|Query read timeout|pool after calling end|rolled back/i.test(
    error.message,
  );
}

function failure(
  { code, message, hint }: Omit<Reason, "when">,
  state: string,
  cause: unknown,
): SynthaError {
  return new SynthaError(code, state === "" ? message : `${message} ${state}`, { hint, cause });
}
