import type { ErrorCode } from "./code.ts";

/** What `details` holds for the codes that carry facts; every other code carries none. */
export interface ErrorDetails {
  /** `path` names the argument, `maximum` the bound that it passed. */
  INVALID_ARGUMENTS: { path?: string; maximum?: number };
  INVALID_TEXT: { what: string };
  /** `path` leads to the offending place inside the value, as `$.a[0].b`. */
  INVALID_VALUE: { path: string };
  /** Sizes in bytes of UTF-8; numbers of what one commit would change, or the characters of its values. */
  TOO_LARGE: { what: string; size: number; maximum: number };
  TOO_COMPLEX: { what: string; maximum: number };
  SCHEMA_MISMATCH: { key?: string; issues: readonly { path: string; message: string }[] };
  KEY_TAKEN: { key: string };
  NOT_OWNER: { key: string };
  /** `revision` is the item's current revision, 0 when it is absent. */
  CONFLICT: { key: string; revision: number };
  STALE_TOKEN: { key: string };
  /** What the agent's permissions do not name. */
  FORBIDDEN: { topics?: readonly string[]; global?: true; direct?: true };
  CURSOR_COMPACTED: { floor: number };
  /**
   * What is damaged: the item's `key`, or `keys` when a call asked for several; the `event`'s id; the `agent` whose
   * permissions they are; the `position` of a log entry.
   */
  CORRUPT_DATA: {
    key?: string | undefined;
    keys?: readonly string[];
    event?: string;
    agent?: string;
    position?: number;
  };
  /** `path` names the option, where it is known which one is wrong. */
  MISCONFIGURED: { path?: string };
  /**
   * `loading`: the tenant is being copied there, and the storage itself works. `sweep`: expired items have to be swept
   * first, which a mesh does by itself. `state` of the circuit breaker that
   * refused the call, and from when on it lets one through, if time alone makes it so.
   */
  UNAVAILABLE: { loading?: true; sweep?: true; state?: string; retryAt?: Date };
  /**
   * `limit` such as `"tenant.items"` or `"agent.writesPerSecond"`, `agent` whose it is. `current` is what is held, where
   * that is the caller's to know; `retryAt`, in the storage's time, from when on the same call is not too soon.
   */
  LIMIT_EXCEEDED: {
    limit: string;
    maximum: number;
    agent?: string;
    current?: number;
    retryAt?: Date;
  };
}

export type DetailsOf<C extends ErrorCode> = C extends keyof ErrorDetails
  ? ErrorDetails[C]
  : Readonly<Record<string, unknown>>;
