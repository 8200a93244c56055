import type { Audience } from "../route/route.ts";

/** A live lease on an item. Its fencing token is the position of the commit that granted it. */
export interface LeaseRow {
  /** The agent that holds it; `null` is the system. */
  readonly holder: string | null;
  readonly position: number;
  /** Random: tells it from one of a history that a restore undid, which stood at the same position. */
  readonly leaseId: number;
  /** Milliseconds of the storage's time at which it ends by itself. */
  readonly until: number;
}

/** An item as a storage keeps it. Times are milliseconds of the storage's time. */
export interface ItemRow extends Audience {
  readonly key: string;
  /** JSON text, as it was encoded. */
  readonly value: string;
  readonly author: string | null;
  /** The position of the commit that last wrote it. */
  readonly revision: number;
  /** An item that is `open` and under a live lease shows as `claimed`. */
  readonly state: "open" | "done" | "failed";
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The first millisecond at which it is no longer there; null: it stays. */
  readonly expiresAt: number | null;
  /** Claims since it was last pushed. */
  readonly attempts: number;
  /** When it can next be claimed: now, after a delay, or when its lease ends. Null: not at all (done, failed). */
  readonly readyAt: number | null;
  /** Its place among items that are ready at the same time; grows with each push that makes it ready. */
  readonly order: number;
  readonly lease: LeaseRow | null;
}

/** A row of which only the key, the topics and the expiry were read. */
export function keyRow(key: string, topics: readonly string[], expiresAt: number | null): ItemRow {
  return {
    key,
    value: "",
    topics,
    subscribers: [],
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
  };
}

/** Expired means gone, swept or not (R8). */
export function isExpired(row: { readonly expiresAt: number | null }, now: number): boolean {
  return row.expiresAt !== null && row.expiresAt <= now;
}

export type ItemState = "open" | "claimed" | "done" | "failed";

export function stateOf(row: ItemRow, now: number): ItemState {
  return row.state === "open" && row.lease !== null && row.lease.until > now
    ? "claimed"
    : row.state;
}
