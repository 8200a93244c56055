import { type ErrorCode, RETRYABLE } from "./code.ts";
import type { DetailsOf } from "./details.ts";

export interface ErrorOptions<C extends ErrorCode> {
  /** The next step for whoever reads it; names a call or an option. */
  hint?: string | undefined;
  details?: DetailsOf<C> | undefined;
  cause?: unknown;
}

// Registered, so that two copies of this package in one program know each other's errors.
const BRAND = Symbol.for("syntha.error");

/** The one error class. Match on `code`; show `message` and `hint` to people. */
export class SynthaError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "SynthaError";
  readonly [BRAND] = true;
  readonly code: C;
  readonly details: DetailsOf<C>;
  readonly hint: string;
  /** Whether the very same call may succeed later. */
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

/** Tells a Syntha error from any other, and its code when one is given: `isSynthaError(e, "CONFLICT")`. */
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
