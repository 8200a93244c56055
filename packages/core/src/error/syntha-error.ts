import { type ErrorCode, RETRYABLE } from "./code.ts";
import type { DetailsOf } from "./details.ts";

export interface ErrorOptions<C extends ErrorCode> {
  /** What to do next; names a call or an option. */
  hint?: string | undefined;
  details?: DetailsOf<C> | undefined;
  cause?: unknown;
}

// Registered, so that two copies of this package in one program recognize each other's errors.
const BRAND = Symbol.for("syntha.error");

/**
 * The error class of all packages. Match on `code`; show `message` and `hint` to people.
 *
 * @see {@link isSynthaError}
 * @example
 * try {
 *   await agent.push("plan", value, { ifRevision: 3 });
 * } catch (error) {
 *   if (!isSynthaError(error, "CONFLICT")) throw error;
 *   console.log(`${error.message} ${error.hint}`, error.details.revision);
 * }
 */
export class SynthaError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "SynthaError";
  readonly [BRAND] = true;
  readonly code: C;
  readonly details: DetailsOf<C>;
  readonly hint: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(code: C, message: string, options: ErrorOptions<C> = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? ({} as DetailsOf<C>);
    this.hint = options.hint ?? "";
    this.retryable = RETRYABLE.has(code) || "retryAt" in this.details;
  }

  toJSON(): { code: C; message: string; hint: string; details: DetailsOf<C>; retryable: boolean } {
    const { code, message, hint, details, retryable } = this;
    return { code, message, hint, details, retryable };
  }
}

/** Whether a value is a {@link SynthaError}, and has this code if one is given. Works across copies of this package. */
export function isSynthaError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is SynthaError<C> {
  return (
    typeof error === "object" &&
    error !== null &&
    BRAND in error &&
    (code === undefined || (error as SynthaError).code === code)
  );
}
