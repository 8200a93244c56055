import type { Quotas } from "../limit/quota.ts";
import type { QueueBucket } from "../route/audience-bucket.ts";
import type { Route } from "../route/route.ts";
import type { AgentCard } from "../model/agent-card.ts";
import type { Permissions } from "../model/permissions.ts";

/** When an item expires: never (undefined), in some milliseconds, or when it would have before the write. */
export type Expiry = number | "keep" | undefined;

/** What a push or a hand-off sets of an item's task; what is undefined stays as it is. */
export interface TaskSettings {
  readonly priority: number | undefined;
  /** A time in milliseconds, or a delay after the commit. */
  readonly notBefore: { readonly at: number } | { readonly inMs: number } | undefined;
  /** Only where the item is created. */
  readonly dependsOn: readonly string[] | undefined;
}

export interface PutOperation {
  readonly type: "put";
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly route: Route | undefined;
  /** Used if the item is created and `route` is undefined. */
  readonly routeIfNew: Route | undefined;
  /** The owner of an item that the system restores. @default the actor */
  readonly ownerIfNew?: string | null | undefined;
  readonly expiry: Expiry;
  readonly ifRevision: number | undefined;
  /** @default it sets nothing */
  readonly task?: TaskSettings | undefined;
}

export interface DeleteOperation {
  readonly type: "delete";
  readonly key: string;
  readonly ifRevision: number | undefined;
}

export interface PublishOperation {
  readonly type: "publish";
  readonly id: string;
  readonly eventType: string;
  /** JSON text. */
  readonly data: string;
  readonly route: Route | undefined;
}

export interface SubscribeOperation {
  readonly type: "subscribe" | "unsubscribe";
  readonly agent: string;
  readonly topics: readonly string[];
}

export interface SetPermissionsOperation {
  readonly type: "setPermissions";
  readonly agent: string;
  readonly permissions: Permissions | null;
}

export interface AnnounceOperation {
  readonly type: "announce";
  readonly agent: string;
  readonly card: AgentCard;
}

/** Makes a failed item ready again. */
export interface RetryOperation {
  readonly type: "retry";
  readonly key: string;
}

export interface ClaimOperation {
  readonly type: "claim";
  /** Queues, each once, or one item. */
  readonly from: { readonly queues: readonly QueueBucket[] } | { readonly key: string };
  readonly leaseMs: number;
  /** Random; part of the token. */
  readonly leaseId: number;
  /** An item that was claimed this often is marked as failed instead. */
  readonly maxAttempts: number | undefined;
}

/** An operation on a lease; `position`, `leaseId` and `epoch` are those of its token. */
export interface LeaseOperation {
  readonly key: string;
  readonly position: number;
  readonly leaseId: number;
  readonly epoch: string;
}

export interface ExtendOperation extends LeaseOperation {
  readonly type: "extend";
  readonly leaseMs: number;
}

export interface CompleteOperation extends LeaseOperation {
  readonly type: "complete";
  /** JSON text; undefined deletes the item. */
  readonly result: string | undefined;
  readonly route: Route | undefined;
  readonly expiry: Expiry;
}

/** Replaces value and route, and leaves the item open, for the next stage. */
export interface HandOffOperation extends LeaseOperation {
  readonly type: "handOff";
  /** JSON text. */
  readonly value: string;
  readonly route: Route | undefined;
  readonly expiry: Expiry;
  /** @default it sets nothing */
  readonly task?: TaskSettings | undefined;
}

/** How a lease that ends leaves its item. */
export interface ReleaseSettings {
  readonly retryInMs: number;
  /** Does not count the attempt. */
  readonly refund: boolean;
  /** An item that was claimed this often is marked as failed instead. */
  readonly maxAttempts: number | undefined;
  /** Why the attempt failed: stored as the last failure. @default it keeps the last failure */
  readonly error?: string | undefined;
}

export interface ReleaseOperation extends LeaseOperation, ReleaseSettings {
  readonly type: "release";
}

/** Ends the current lease of an item without its token. */
export interface EndLeaseOperation extends ReleaseSettings {
  readonly type: "endLease";
  readonly key: string;
  /** Only a lease of this agent. @default any */
  readonly agent?: string | undefined;
}

/** The position between two steps of `clear`. */
export interface ClearPosition {
  /** The epoch of the tenant in the first step. */
  readonly epoch: string;
  /** The log's head in the first step: later items are not deleted. */
  readonly head: number;
  /** The last key of the previous step. */
  readonly key: string;
}

/** Operations that only the system performs. */
type SystemOperation =
  | EndLeaseOperation
  | { readonly type: "deleteTopic"; readonly topic: string }
  /** Deletes up to `limit` items in key order; `from` is undefined in the first step. */
  | { readonly type: "clear"; readonly limit: number; readonly from: ClearPosition | undefined }
  | { readonly type: "sweep"; readonly limit: number };

export type Operation =
  | PutOperation
  | DeleteOperation
  | PublishOperation
  | SubscribeOperation
  | SetPermissionsOperation
  | AnnounceOperation
  | RetryOperation
  | ClaimOperation
  | ExtendOperation
  | CompleteOperation
  | HandOffOperation
  | ReleaseOperation
  | SystemOperation;

/** An item that a commit depends on, at a revision that its actor has read (R17). */
export interface ReadRevision {
  readonly key: string;
  /** 0: its actor saw no item. */
  readonly revision: number;
}

/** Operations that are applied atomically, at one position of the log. No two may name the same key or event id. */
export interface Commit {
  /** `null` is the system. */
  readonly actor: string | null;
  readonly ops: readonly Operation[];
  /** The limits that the commit must not exceed. @default none */
  readonly quotas?: Quotas | undefined;
  /** R17: keys that must still have these revisions, as the actor sees them. Each key once. @default none */
  readonly ifRevisions?: readonly ReadRevision[] | undefined;
  /** Refuses a named subscriber that is not known (R19). @default false */
  readonly strictRecipients?: boolean | undefined;
}
