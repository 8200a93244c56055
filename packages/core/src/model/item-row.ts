import type { Audience } from "../route/route.ts";
import type { TaskRow } from "./task-row.ts";

/** A current lease on an item. Its fencing token has the position of the commit that granted it. */
export interface LeaseRow {
  /** The agent that holds it; `null` is the system. */
  readonly holder: string | null;
  readonly position: number;
  /** Random: distinguishes it from a lease at the same position of a history that a restored backup has undone. */
  readonly leaseId: number;
  /** Milliseconds of the storage's time at which the lease expires. */
  readonly until: number;
}

/** An item as it is stored. Times are milliseconds of the storage's time. */
export interface ItemRow extends Audience {
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly author: string | null;
  /** The position of the commit that last wrote it. */
  readonly revision: number;
  /** An item that is `open` and has a current lease is shown as `claimed`. */
  readonly state: "open" | "done" | "failed";
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The first millisecond at which it is expired; null: never. */
  readonly expiresAt: number | null;
  /** Claims since it was last pushed. */
  readonly attempts: number;
  /**
   * When it can next be claimed: now, after a delay, or when its lease ends. Null: never (done, failed), or not before
   * the dependencies that its task has pending are satisfied.
   */
  readonly readyAt: number | null;
  /** Its place among items that become ready at the same time. Grows with each push that makes it ready. */
  readonly order: number;
  readonly lease: LeaseRow | null;
  /** Null for an item that has none of it. */
  readonly task: TaskRow | null;
}

/** The value of an item of an earlier position that the log no longer holds. No JSON text is equal to it. */
export const MISSING_VALUE = "\u0000";

const NONE: readonly string[] = [];

/** A row of which only the key was read, or the key, the topics and the expiry. */
export function keyRow(
  key: string,
  topics: readonly string[] = NONE,
  expiresAt: number | null = null,
): ItemRow {
  return {
    key,
    value: "",
    topics,
    subscribers: NONE,
    global: false,
    owner: null,
    author: null,
    revision: 0,
    state: "open",
    createdAt: 0,
    updatedAt: 0,
    expiresAt,
    attempts: 0,
    readyAt: null,
    order: 0,
    lease: null,
    task: null,
  };
}

/** R8: an expired item does not exist for readers, deleted or not. */
export function isExpired(row: { readonly expiresAt: number | null }, now: number): boolean {
  return row.expiresAt !== null && row.expiresAt <= now;
}

export type ItemState = "open" | "claimed" | "done" | "failed";

export function stateOf(row: ItemRow, now: number): ItemState {
  return row.state === "open" && row.lease !== null && row.lease.until > now
    ? "claimed"
    : row.state;
}
