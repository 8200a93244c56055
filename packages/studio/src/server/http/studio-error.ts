import { isSynthaError } from "@syntha/core";
import type { StudioErrorCode, StudioFailure } from "../../api/index.ts";

/** A refusal of the handler itself, as the browser gets it. */
export class StudioError extends Error {
  override readonly name = "StudioError";
  readonly code: StudioErrorCode;
  readonly hint: string;

  constructor(code: StudioErrorCode, message: string, hint = "") {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** The failure that an error is to the browser; undefined if it must not see more than that the server failed. */
export function toFailure(error: unknown): StudioFailure | undefined {
  if (error instanceof StudioError || isSynthaError(error))
    return { code: error.code, error: error.message, hint: error.hint };
  return undefined;
}

const STATUS: Readonly<Partial<Record<StudioErrorCode, number>>> = {
  UNAUTHORIZED: 401,
  READ_ONLY: 403,
  FORBIDDEN: 403,
  FORBIDDEN_ORIGIN: 403,
  NOT_OWNER: 403,
  NO_ROUTE: 404,
  NOT_FOUND: 404,
  CONFLICT: 409,
  KEY_TAKEN: 409,
  CURSOR_COMPACTED: 410,
  TOO_LARGE: 413,
  LIMIT_EXCEEDED: 429,
  INTERNAL: 500,
  CORRUPT_DATA: 500,
  MISCONFIGURED: 500,
  STORAGE_MISMATCH: 500,
  UNKNOWN_OUTCOME: 500,
  UNAVAILABLE: 503,
  CLOSED: 503,
  TIMEOUT: 504,
};

export function statusOf(code: StudioErrorCode): number {
  return STATUS[code] ?? 400;
}
