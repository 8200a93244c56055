import type { ItemState, JsonValue } from "@syntha/core";
import type { ItemExplanation } from "./audience.ts";
import type { PageQuery, TenantQuery, Time, ViewQuery } from "./scope.ts";

export interface ItemsQuery extends ViewQuery, PageQuery {
  /** Only keys with this prefix. */
  prefix?: string | undefined;
  /** Only items on this topic. */
  topic?: string | undefined;
  /** Only items whose value this agent wrote last. */
  author?: string | undefined;
  state?: ItemState | undefined;
  /** Only items whose value was written after this time. */
  updatedAfter?: Time | undefined;
  /**
   * With `as`. `dim`: all items, each with `visible`. `own`: those that the agent sees.
   * @default "dim"
   */
  mode?: "dim" | "own" | undefined;
}

/** A page of items, by key in code point order. If values are large, it has fewer than `limit`. */
export interface ItemPage {
  readonly items: readonly ItemSummary[];
  /** Undefined on the last page. */
  readonly nextPage?: string | undefined;
}

/** An item without its value. Properties that have no value are absent. */
export interface ItemSummary {
  readonly key: string;
  readonly topics: readonly string[];
  /** Agents that its route names. */
  readonly subscribers: readonly string[];
  readonly global: boolean;
  /** The agent that last set its route; absent for the system. */
  readonly owner?: string | undefined;
  /** The agent that last wrote its value; absent for the system. */
  readonly author?: string | undefined;
  readonly revision: number;
  readonly state: ItemState;
  readonly createdAt: Time;
  readonly updatedAt: Time;
  readonly expiresAt?: Time | undefined;
  readonly attempts: number;
  readonly priority: number;
  readonly notBefore?: Time | undefined;
  readonly dependsOn: readonly string[];
  readonly pendingDependencies: readonly string[];
  readonly lastFailure?: TaskFailure | undefined;
  /** Who holds it, and until when; only if it is claimed. */
  readonly lease?: LeaseSummary | undefined;
  /** The beginning of the value's JSON text: at most 1,024 characters, one line. Empty if the value can't be read. */
  readonly preview: string;
  /** Bytes of the value's whole JSON text. */
  readonly bytes: number;
  /** Why the value can't be read: it is damaged where it is stored, or the log no longer holds it. */
  readonly unreadable?: string | undefined;
  /** With `as`, but for lists with `mode=own`: whether this agent sees it. */
  readonly visible?: boolean | undefined;
}

export interface TaskFailure {
  readonly message: string;
  readonly agent?: string | undefined;
  readonly at: Time;
  readonly attempt: number;
}

export interface LeaseSummary {
  /** Absent for the system. */
  readonly agent?: string | undefined;
  readonly until?: Time | undefined;
}

export interface ItemQuery extends ViewQuery {
  key: string;
}

/** One item in full. */
export interface ItemDetail {
  /** Undefined if there is no such item. With `as`, `visible` says whether that agent sees it. */
  readonly item?: ItemSummary | undefined;
  /** Undefined if it can't be read. A value of `null` is present. */
  readonly value?: JsonValue | undefined;
  /** With `as`: why that agent sees it or not; otherwise why there is no such item, if so. */
  readonly explanation?: ItemExplanation | undefined;
}

export interface KeyQuery extends TenantQuery {
  key: string;
}

/** The changes of a key, oldest first: at most the latest 200. */
export interface ItemHistory {
  readonly entries: readonly ItemRevision[];
  /** Whether earlier entries were left out. */
  readonly isPartial: boolean;
}

export interface ItemRevision {
  readonly type: "put" | "delete" | "expire" | "lease";
  readonly revision: number;
  readonly at: Time;
  /** Absent for the system. */
  readonly actor?: string | undefined;
  /** The value written; absent unless it is a put, and if it can't be read. */
  readonly value?: JsonValue | undefined;
  /** Bytes of the value's JSON text. Values that exceed 1 MiB together are left out from the oldest on: absent, with bytes. */
  readonly bytes?: number | undefined;
  readonly unreadable?: string | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly subscribers?: readonly string[] | undefined;
  readonly global?: boolean | undefined;
  readonly state?: ItemState | undefined;
}

/** How much of the mesh an agent sees. */
export interface Visibility {
  /** Items that the agent of `as` sees. */
  readonly visible: number;
  /** Items that it does not see. */
  readonly hidden: number;
  /** False if only the first 20,000 visible items were counted: `visible` is then too low, and `hidden` too high. */
  readonly isExact: boolean;
}
