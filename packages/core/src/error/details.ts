import type { ErrorCode } from "./code.ts";

/** The `details` of each code; codes that are not listed have none. */
export interface ErrorDetails {
  /** `path`: the argument. `maximum`: the bound that it exceeds. */
  INVALID_ARGUMENTS: { path?: string; maximum?: number };
  INVALID_TEXT: { what: string };
  /** `path`: where in the value, such as `$.a[0].b`. */
  INVALID_VALUE: { path: string };
  /** `size` in bytes of UTF-8, in changes of one commit, or in characters of values. */
  TOO_LARGE: { what: string; size: number; maximum: number };
  TOO_COMPLEX: { what: string; maximum: number };
  SCHEMA_MISMATCH: { key?: string; issues: readonly { path: string; message: string }[] };
  KEY_TAKEN: { key: string };
  NOT_OWNER: { key: string };
  /**
   * `revision`: the item's current revision; 0 if it does not exist. `conflicts`: of a call with `ifRevisions`, each of its
   * items that differs; `key` and `revision` are those of the first.
   */
  CONFLICT: {
    key: string;
    revision: number;
    conflicts?: readonly { readonly key: string; readonly revision: number }[];
  };
  STALE_TOKEN: { key: string };
  /** What the agent's permissions do not allow. */
  FORBIDDEN: { topics?: readonly string[]; global?: true; direct?: true };
  /** Named subscribers that are not known. */
  UNKNOWN_AGENT: { agents: readonly string[] };
  /** The task that an agent was asked to do: its key, the `reason` of its last failure, and how often it was tried. */
  TASK_FAILED: { key: string; agent: string; reason: string; attempts: number };
  CURSOR_COMPACTED: { floor: number };
  /**
   * What is damaged: the item with this `key`, or `keys` of a call for several; the `event` with this id; the permissions
   * of this `agent`; the log entry at this `position`. `missing`: it is not damaged, but of an earlier position, and the log
   * no longer holds it.
   */
  CORRUPT_DATA: {
    key?: string | undefined;
    keys?: readonly string[];
    event?: string;
    agent?: string;
    position?: number;
    missing?: true;
  };
  /** `path`: the option, if it is known. */
  MISCONFIGURED: { path?: string };
  /**
   * `loading`: the tenant is an unfinished copy; the storage itself works. `sweep`: expired items must be swept first,
   * which a mesh does automatically. `state`: of the circuit breaker that rejected the call. `retryAt`: when it allows one
   * again, if that depends on time alone.
   */
  UNAVAILABLE: { loading?: true; sweep?: true; state?: string; retryAt?: Date };
  /**
   * `limit`: such as `"tenant.items"` or `"agent.writesPerSecond"`. `agent`: the agent that it limits. `current`: the usage,
   * if the caller may know it. `retryAt`: when the same call may succeed, in the storage's time.
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
