import { type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import type { ArgumentRecord, Tool, ToolContext } from "../tool.ts";
import { adviceFor, isUnanswered, type RetryAdvice } from "./advice.ts";

/**
 * The answer to a failed call, which changed nothing.
 *
 * @example
 * { success: false, code: "NOT_OWNER", error: "…", hint: "…", retry: "never" }
 */
export interface ToolFailure {
  readonly success: false;
  readonly code: ErrorCode;
  /** The error, in a sentence. */
  readonly error: string;
  /** The next step, in terms of the tools that the agent has. */
  readonly hint: string;
  /** Whether another call is worthwhile: the same one later, one corrected as the hint says, or none. */
  readonly retry: RetryAdvice;
}

/** Longer texts contain long names; the start says what matters. */
const MAX_CHARACTERS = 1_200;

/** In place of messages of storages and drivers, whose paths, statements and names are not for models. */
const PUBLIC_MESSAGES: Partial<Record<ErrorCode, string>> = {
  UNAVAILABLE: "The mesh is unavailable right now.",
  TIMEOUT: "The mesh did not answer in time.",
  UNKNOWN_OUTCOME: "It is unknown whether all of this was written.",
  MISCONFIGURED: "The mesh is misconfigured.",
  STORAGE_MISMATCH: "The mesh can't be opened.",
  CLOSED: "The mesh is closed.",
  ABORTED: "The call was aborted before it finished.",
};

const CAUSES = new WeakMap<ToolFailure, unknown>();

/** The error from which the answer was made; undefined for other answers. */
export function causeOf(failure: ToolFailure): unknown {
  return CAUSES.get(failure);
}

/** @param args the validated arguments, if the call got that far */
export function toFailure(
  error: unknown,
  tool: Tool | undefined,
  context: ToolContext,
  args?: ArgumentRecord,
): ToolFailure {
  const failure = toAnswer(error, tool, context, args);
  CAUSES.set(failure, error);
  return failure;
}

function toAnswer(
  error: unknown,
  tool: Tool | undefined,
  context: ToolContext,
  args: ArgumentRecord = {},
): ToolFailure {
  if (!isSynthaError(error)) return toUnexpectedFailure(tool, context);
  const { hint, retry } = adviceFor(error, { tool, context, args });
  return {
    success: false,
    code: error.code,
    error: shorten(publicMessage(error)),
    hint: shorten(hint),
    retry,
  };
}

function publicMessage(error: SynthaError): string {
  return isUnanswered(error) ? error.message : (PUBLIC_MESSAGES[error.code] ?? error.message);
}

/** A defect of a storage or of this library: a write may have happened; a read can be repeated. */
function toUnexpectedFailure(tool: Tool | undefined, context: ToolContext): ToolFailure {
  const isRead = tool?.effect === "read";
  const code = isRead ? "UNAVAILABLE" : "UNKNOWN_OUTCOME";
  const { hint, retry } = adviceFor(new SynthaError(code, ""), { tool, context, args: {} });
  return { success: false, code, error: PUBLIC_MESSAGES[code] ?? "", hint, retry };
}

function shorten(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;
}
