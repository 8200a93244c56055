import { type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import type { Call, Tool } from "../tool.ts";
import { adviceFor, type RetryAdvice } from "./advice.ts";

/** The answer to a call that failed. It changed nothing. */
export interface ToolFailure {
  readonly success: false;
  readonly code: ErrorCode;
  /** What is wrong, in a sentence. */
  readonly error: string;
  /** The next step. */
  readonly hint: string;
  /** Whether another call is worthwhile: the same one later, one corrected as the hint says, or none. */
  readonly retry: RetryAdvice;
}

/** Longer sentences contain long names; what matters comes first. */
const MOST_CHARACTERS = 1_200;

/** Fixed texts: messages of storages and drivers may contain paths, statements and names that are not for models. */
const OWN_WORDS: Partial<Record<ErrorCode, string>> = {
  UNAVAILABLE: "The mesh is unavailable right now.",
  TIMEOUT: "The mesh did not answer in time.",
  UNKNOWN_OUTCOME: "It is unknown whether all of this was written.",
  MISCONFIGURED: "The mesh is misconfigured.",
  STORAGE_MISMATCH: "The mesh can't be opened.",
  CLOSED: "The mesh is closed.",
  ABORTED: "The call was aborted before it finished.",
};

const CAUSES = new WeakMap<ToolFailure, unknown>();

/** The error that the answer was made from; undefined for an answer that was not made here. */
export function causeOf(failure: ToolFailure): unknown {
  return CAUSES.get(failure);
}

/** @param args the call's arguments, once they were read */
export function toFailure(
  error: unknown,
  tool: Tool | undefined,
  call: Call,
  args?: Arguments,
): ToolFailure {
  const failure = toAnswer(error, tool, call, args);
  CAUSES.set(failure, error);
  return failure;
}

type Arguments = Readonly<Record<string, unknown>>;

function toAnswer(
  error: unknown,
  tool: Tool | undefined,
  call: Call,
  args: Arguments = {},
): ToolFailure {
  if (!isSynthaError(error)) return unforeseen(tool, call);
  const { hint, retry } = adviceFor(error, { tool, call, args });
  return {
    success: false,
    code: error.code,
    error: shorten(OWN_WORDS[error.code] ?? error.message),
    hint: shorten(hint),
    retry,
  };
}

/** A defect of a storage or of this library: a write may have happened, a read can be repeated. */
function unforeseen(tool: Tool | undefined, call: Call): ToolFailure {
  const isRead = tool?.effect === "read";
  const code = isRead ? "UNAVAILABLE" : "UNKNOWN_OUTCOME";
  const { hint, retry } = adviceFor(new SynthaError(code, ""), { tool, call, args: {} });
  return { success: false, code, error: OWN_WORDS[code] ?? "", hint, retry };
}

function shorten(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
