import type { ErrorCode } from "@syntha/core";

/** Codes of the handler itself, besides those of the mesh. */
export type StudioErrorCode =
  | ErrorCode
  /** 401: no token, a wrong one, or no one is logged in. */
  | "UNAUTHORIZED"
  /** 403: Studio is read-only for this person. */
  | "READ_ONLY"
  /** 403: the Host or the Origin is not allowed. */
  | "FORBIDDEN_ORIGIN"
  /** 404: no such path. */
  | "NO_ROUTE"
  /** 405 and 415: another method or content type is needed. */
  | "BAD_REQUEST"
  /** 500: the server failed. */
  | "INTERNAL";

/** The body of every answer whose status is not 200. */
export interface StudioFailure {
  readonly code: StudioErrorCode;
  readonly error: string;
  /** What to do next; may be empty. */
  readonly hint: string;
}
