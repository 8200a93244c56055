import type { SynthaError } from "../error/syntha-error.ts";
import type { Spending } from "../limit/allowance.ts";
import type { Change } from "../log/change.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Facts } from "./facts.ts";
import type { ClearPosition, Commit } from "./operation.ts";

/** How much a step read, which determines the size of the next one. */
export interface PageRead {
  readonly rows: number;
  readonly characters: number;
}

export interface PutResult {
  readonly type: "put";
  readonly revision: number;
  /** Topics of the resulting route that have no subscriber. */
  readonly topicsWithoutSubscribers: readonly string[];
  readonly created: boolean;
  readonly expiresAt: number | null;
}

export type OpResult =
  | PutResult
  | { readonly type: "delete"; readonly deleted: boolean }
  | {
      readonly type: "publish";
      readonly id: string;
      readonly created: boolean;
      readonly topicsWithoutSubscribers: readonly string[];
    }
  | { readonly type: "subscribe" | "unsubscribe"; readonly topics: readonly string[] }
  | { readonly type: "setPermissions"; readonly unsubscribed: readonly string[] }
  | {
      readonly type: "claim";
      readonly row: ItemRow | undefined;
      /** Milliseconds until another item becomes claimable; null if none will. */
      readonly readyInMs: number | null;
    }
  | { readonly type: "extend"; readonly until: number }
  | {
      readonly type: "complete";
      readonly revision: number | undefined;
      readonly topicsWithoutSubscribers: readonly string[];
    }
  | { readonly type: "release"; readonly failed: boolean }
  | {
      readonly type: "deleteTopic";
      readonly deleted: number;
      readonly kept: number;
      readonly subscribers: number;
    }
  | {
      readonly type: "clear";
      readonly deleted: number;
      /** Items that the step read, and the characters of their values. */
      readonly read: PageRead;
      /** The position of the next step; null if nothing is left. */
      readonly next: ClearPosition | null;
    }
  | { readonly type: "sweep"; readonly swept: number; readonly read: PageRead };

/** A lease with a new end: only `readyAt` and the lease's `until` differ between the rows. */
export interface LeaseExtension {
  readonly before: ItemRow;
  readonly after: ItemRow;
}

/** What core decides for a commit: its changes, or why it is rejected. */
export type Decision =
  | {
      readonly ok: true;
      readonly changes: readonly Change[];
      readonly results: readonly OpResult[];
      /** Applied with the changes, but not logged: without changes, the commit takes no position. */
      readonly extended?: readonly LeaseExtension[] | undefined;
      /** Stored with the changes, but not logged. */
      readonly spent?: readonly Spending[] | undefined;
    }
  | { readonly ok: false; readonly error: SynthaError };

/** Core's pure function from a commit and facts to a decision. It does not throw for invalid requests. */
export type Decide = (commit: Commit, facts: Facts) => Decision;

/** The result of a commit. */
export type Outcome =
  | {
      readonly ok: true;
      readonly epoch: string;
      /** The commit's position, or the log's head if it changed nothing. */
      readonly position: number;
      /** The tenant's time when it was decided. */
      readonly now: number;
      readonly results: readonly OpResult[];
    }
  | { readonly ok: false; readonly error: SynthaError };
