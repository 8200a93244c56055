import type { SynthaError } from "../error/syntha-error.ts";
import type { Spending } from "../limit/allowance.ts";
import type { Change } from "../log/change.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Facts } from "./facts.ts";
import type { ClearPlace, Commit } from "./operation.ts";

/** How much a step read: what tells how much the next one may read. */
export interface PageRead {
  readonly rows: number;
  readonly characters: number;
}

export interface PutResult {
  readonly type: "put";
  readonly revision: number;
  /** Topics of the resulting route that nobody is subscribed to. */
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
      /** Milliseconds until something that now waits can be claimed; null when nothing waits. */
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
      /** Items that were looked at, and the characters of their values. */
      readonly read: PageRead;
      /** Where the next step begins; null when nothing is left. */
      readonly next: ClearPlace | null;
    }
  | { readonly type: "sweep"; readonly swept: number; readonly read: PageRead };

/** A lease that now ends at another time: of the item's row, only `readyAt` and the lease's `until` differ. */
export interface LeaseExtension {
  readonly before: ItemRow;
  readonly after: ItemRow;
}

/** What core decided for one commit: the changes that make it true, or why it is refused. */
export type Decision =
  | {
      readonly ok: true;
      readonly changes: readonly Change[];
      readonly results: readonly OpResult[];
      /** Kept with the commit's changes, not logged: with nothing else, the commit takes no position. */
      readonly extended?: readonly LeaseExtension[] | undefined;
      /** What the commit takes of rates: kept with its changes, not logged. */
      readonly spent?: readonly Spending[] | undefined;
    }
  | { readonly ok: false; readonly error: SynthaError };

/** Core's pure function from a commit and the facts to what changes. Never throws for what a caller can cause. */
export type Decide = (commit: Commit, facts: Facts) => Decision;

/** What a storage answers for one commit. */
export type Outcome =
  | {
      readonly ok: true;
      readonly epoch: string;
      /** The commit's position, or the log's head when it logged nothing. */
      readonly position: number;
      /** The tenant's time when it was decided. */
      readonly now: number;
      readonly results: readonly OpResult[];
    }
  | { readonly ok: false; readonly error: SynthaError };
