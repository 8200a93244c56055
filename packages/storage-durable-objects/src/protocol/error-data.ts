import { type ErrorCode, SynthaError } from "@syntha/core";

/** A SynthaError as data. Its cause is not sent. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details: SynthaError["details"];
}

export function toErrorData({ code, message, hint, details }: SynthaError): ErrorData {
  return { code, message, hint, details };
}

export function toSynthaError({ code, message, hint, details }: ErrorData): SynthaError {
  return new SynthaError(code, message, { hint, details });
}
