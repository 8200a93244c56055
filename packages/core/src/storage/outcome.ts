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

/** Whom the resulting route does not reach. */
export interface Unreached {
  /** Topics that have no subscriber. */
  readonly topicsWithoutSubscribers: readonly string[];
  /** Subscribers that are not known (R19), of a route that the operation named. */
  readonly unknownSubscribers: readonly string[];
}

export interface PutResult extends Unreached {
  readonly type: "put";
  readonly revision: number;
  readonly created: boolean;
  readonly expiresAt: number | null;
}

export type OpResult =
  | PutResult
  | { readonly type: "delete"; readonly deleted: boolean }
  | ({
      readonly type: "publish";
      readonly id: string;
      readonly created: boolean;
    } & Unreached)
  | { readonly type: "subscribe" | "unsubscribe"; readonly topics: readonly string[] }
  | { readonly type: "setPermissions"; readonly unsubscribed: readonly string[] }
  | { readonly type: "announce"; readonly changed: boolean }
  | { readonly type: "retry"; readonly revision: number }
  | {
      readonly type: "claim";
      readonly row: ItemRow | undefined;
      /** Milliseconds until another item becomes claimable; null if none will, 0 if the same claim may find one now. */
      readonly readyInMs: number | null;
    }
  | { readonly type: "extend"; readonly until: number }
  | ({ readonly type: "complete"; readonly revision: number | undefined } & Unreached)
  | ({ readonly type: "handOff"; readonly revision: number } & Unreached)
  | { readonly type: "release"; readonly failed: boolean }
  | {
      readonly type: "endLease";
      readonly failed: boolean;
      /** The agent that held it; `null` is the system. */
      readonly holder: string | null;
      /** Which attempt it was, from 1. */
      readonly attempt: number;
    }
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

/**
 * A row that changes without a log entry: a lease with a new end (`readyAt` and the lease's `until` differ), or an item
 * with fewer pending dependencies (`readyAt` and `task` differ).
 */
export interface UnloggedUpdate {
  readonly before: ItemRow;
  readonly after: ItemRow;
}

/** An agent that a commit makes known, or that has acted. */
export interface AgentSighting {
  readonly agent: string;
  /** Whether it has acted, rather than only become known. */
  readonly acted: boolean;
}

/** What core decides for a commit: its changes, or why it is rejected. */
export type Decision =
  | {
      readonly ok: true;
      readonly changes: readonly Change[];
      readonly results: readonly OpResult[];
      /** Applied with the changes, but not logged: without changes, the commit takes no position. */
      readonly unlogged?: readonly UnloggedUpdate[] | undefined;
      /** Stored with the time of the commit, but not logged. Each agent once. */
      readonly sightings?: readonly AgentSighting[] | undefined;
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
