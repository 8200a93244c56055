import { type ErrorCode, isSynthaError, type SynthaError } from "@syntha/core";
import type { Call, Tool } from "../tool.ts";
import { hintFor } from "./hint.ts";

/** How a call that failed is answered. It changed nothing. */
export interface ToolFailure {
  readonly success: false;
  readonly code: ErrorCode;
  /** What is wrong, in a sentence. */
  readonly error: string;
  /** The next step. */
  readonly hint: string;
  /** Whether the very same call may succeed later. */
  readonly retryable: boolean;
}

/** Longer sentences hold long names; what matters stands first. */
const MOST_CHARACTERS = 1_200;

/** Said in our own words: what a storage or driver says may hold paths, statements and names that are not for models. */
const OWN_WORDS: Partial<Record<ErrorCode, string>> = {
  UNAVAILABLE: "The mesh can't be reached right now.",
  TIMEOUT: "The mesh did not answer in time.",
  UNKNOWN_OUTCOME: "It is not known whether this was written, or all of it.",
  MISCONFIGURED: "The mesh can't be opened.",
  STORAGE_MISMATCH: "The mesh can't be opened.",
  CLOSED: "The mesh is closed.",
  ABORTED: "The call was ended before it was done.",
};

const CAUSES = new WeakMap<ToolFailure, unknown>();

/** What the answer was made of; undefined for an answer that was not made here. */
export function causeOf(failure: ToolFailure): unknown {
  return CAUSES.get(failure);
}

export function toFailure(error: unknown, tool: Tool | undefined, call: Call): ToolFailure {
  const failure = toAnswer(error, tool, call);
  CAUSES.set(failure, error);
  return failure;
}

function toAnswer(error: unknown, tool: Tool | undefined, call: Call): ToolFailure {
  if (!isSynthaError(error)) return unforeseen(tool, call);
  return {
    success: false,
    code: error.code,
    error: shorten(OWN_WORDS[error.code] ?? error.message),
    hint: shorten(hintFor(error, tool, call)),
    retryable: error.retryable,
  };
}

/** A defect of a storage or of ours: a write may have happened, a read can be tried again. */
function unforeseen(tool: Tool | undefined, call: Call): ToolFailure {
  const isRead = tool?.effect === "read";
  const code = isRead ? "UNAVAILABLE" : "UNKNOWN_OUTCOME";
  const hint = hintFor({ code, details: {} } as SynthaError, tool, call);
  return { success: false, code, error: OWN_WORDS[code] ?? "", hint, retryable: isRead };
}

function shorten(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
