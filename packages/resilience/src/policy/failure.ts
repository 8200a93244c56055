import { type ErrorCode, isSynthaError } from "@syntha/core";
import type { ToolFailure } from "@syntha/tools";
import type { Verdict } from "../breaker/circuit-breaker.ts";

/** A failed answer of a tool, thrown so that policies can handle it like an error. */
export class FailedAnswer {
  readonly answer: ToolFailure;

  constructor(answer: ToolFailure, cause: unknown) {
    this.answer = answer;
    if (cause !== undefined) CAUSES.set(answer, cause);
  }
}

/** The errors that caused failed answers, if their handlers report them. */
const CAUSES = new WeakMap<ToolFailure, unknown>();

function causeOf(failure: unknown): unknown {
  const answer = failure instanceof FailedAnswer ? failure.answer : failure;
  return CAUSES.get(answer as ToolFailure) ?? answer;
}

/** The code of a failure; undefined for errors other than SynthaError. */
export function codeOf(failure: unknown): ErrorCode | undefined {
  if (failure instanceof FailedAnswer) return failure.answer.code;
  return isSynthaError(failure) ? failure.code : undefined;
}

/**
 * Whether the infrastructure failed: it is unreachable, does not answer, lost the connection, or threw an unexpected error.
 * A tenant that is unavailable while it is copied is not a failure.
 */
export function isInfrastructure(code: ErrorCode | undefined, failure?: unknown): boolean {
  if (code === "UNAVAILABLE") return !isLoading(failure);
  return code === undefined || code === "TIMEOUT" || code === "UNKNOWN_OUTCOME";
}

function isLoading(failure: unknown): boolean {
  const error = causeOf(failure);
  return isSynthaError(error, "UNAVAILABLE") && error.details.loading === true;
}

/** Refusals that require an answer of the storage. Others are thrown before the storage is called. */
const ANSWERED: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  "CONFLICT",
  "KEY_TAKEN",
  "NOT_OWNER",
  "NOT_FOUND",
  "STALE_TOKEN",
  "CURSOR_COMPACTED",
  "TENANT_EXISTS",
  "LIMIT_EXCEEDED",
]);

/**
 * Decides whether a failure counts against the circuit. `code` is undefined for errors other than SynthaError; `failure` is
 * a tool's failed answer, or the error.
 */
export type CountsAsFailure = (code: ErrorCode | undefined, failure: unknown) => boolean;

/** What a failed call says about the protected resource. */
export function verdictOn(failure: unknown, countsAsFailure: CountsAsFailure): Verdict {
  const code = codeOf(failure);
  if (isCounted(code, failure, countsAsFailure)) return "failure";
  return ANSWERED.has(code) || isLoading(failure) ? "success" : "neutral";
}

function isCounted(
  code: ErrorCode | undefined,
  failure: unknown,
  countsAsFailure: CountsAsFailure,
): boolean {
  try {
    return countsAsFailure(code, failure instanceof FailedAnswer ? failure.answer : failure);
  } catch {
    return isInfrastructure(code, failure);
  }
}

/** Whether a circuit refused the call: this one, or one under it. */
function isRefusedByCircuit(failure: unknown): boolean {
  const error = causeOf(failure);
  return isSynthaError(error, "UNAVAILABLE") && error.details.state !== undefined;
}

/** Whether repeating the call is safe and may succeed: any read; a write only if it is known that it did not happen. */
export function isRepeatable(failure: unknown, isRead: boolean): boolean {
  if (isRefusedByCircuit(failure) || isLoading(failure)) return false;
  const code = codeOf(failure);
  return isRead ? isInfrastructure(code) : code === "UNAVAILABLE";
}
