import { type ErrorCode, isSynthaError } from "@syntha/core";
import type { ToolFailure } from "@syntha/tools";
import type { Verdict } from "../breaker/circuit-breaker.ts";

/** A tool's answer that is a failure, on its way through what works by errors. */
export class FailedAnswer {
  readonly answer: ToolFailure;

  constructor(answer: ToolFailure, cause: unknown) {
    this.answer = answer;
    if (cause !== undefined) CAUSES.set(answer, cause);
  }
}

/** Errors behind answers, as far as their handlers tell them. */
const CAUSES = new WeakMap<ToolFailure, unknown>();

/** The error that a failure is, or that is behind it. */
function errorIn(failure: unknown): unknown {
  const told = failure instanceof FailedAnswer ? failure.answer : failure;
  return CAUSES.get(told as ToolFailure) ?? told;
}

/** The code of a failure; undefined for an error that is none of Syntha's. */
export function codeOf(failure: unknown): ErrorCode | undefined {
  if (failure instanceof FailedAnswer) return failure.answer.code;
  return isSynthaError(failure) ? failure.code : undefined;
}

/**
 * Whether it is the infrastructure's failure: unreachable, silent, lost in the midst, or an error that nobody foresaw.
 * That one tenant is being copied is none: the storage says so itself.
 */
export function isInfrastructure(code: ErrorCode | undefined, failure?: unknown): boolean {
  if (code === "UNAVAILABLE") return !isLoading(failure);
  return code === undefined || code === "TIMEOUT" || code === "UNKNOWN_OUTCOME";
}

function isLoading(failure: unknown): boolean {
  const error = errorIn(failure);
  return isSynthaError(error, "UNAVAILABLE") && error.details.loading === true;
}

/** Refusals that only a storage that answers can give. Others are given before it is asked. */
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
 * Which failures count against the circuit, by their code (undefined: an error that is none of Syntha's) and what it
 * was: a tool's failed answer, or the error.
 */
export type CountsAsFailure = (code: ErrorCode | undefined, failure: unknown) => boolean;

/** What a failure says of what is behind the circuit. */
export function verdictOn(failure: unknown, countsAsFailure: CountsAsFailure): Verdict {
  const code = codeOf(failure);
  if (counts(code, failure, countsAsFailure)) return "failure";
  return ANSWERED.has(code) || isLoading(failure) ? "success" : "nothing";
}

function counts(code: ErrorCode | undefined, failure: unknown, by: CountsAsFailure): boolean {
  try {
    return by(code, failure instanceof FailedAnswer ? failure.answer : failure);
  } catch {
    return isInfrastructure(code, failure);
  }
}

/** Whether a circuit refused it, ours or one further in. */
function isRefusal(failure: unknown): boolean {
  const error = errorIn(failure);
  return isSynthaError(error, "UNAVAILABLE") && error.details.state !== undefined;
}

/**
 * Whether the same again can do no harm and may help: anything that only reads; of what writes, only what is known not
 * to have happened.
 */
export function mayRepeat(failure: unknown, isRead: boolean): boolean {
  if (isRefusal(failure) || isLoading(failure)) return false;
  const code = codeOf(failure);
  return isRead ? isInfrastructure(code) : code === "UNAVAILABLE";
}
