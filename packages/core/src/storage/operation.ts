import type { Quotas } from "../limit/quota.ts";
import type { Route } from "../route/route.ts";
import type { Permissions } from "../model/permissions.ts";

/** How long an item stays: not told (it stays for good), some milliseconds, or as long as it was to stay. */
export type Expiry = number | "keep" | undefined;

export interface PutOperation {
  readonly type: "put";
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly route: Route | undefined;
  /** Used when the item is created and `route` names nothing. */
  readonly routeIfNew: Route | undefined;
  readonly expiry: Expiry;
  readonly ifRevision: number | undefined;
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

export interface ClaimOperation {
  readonly type: "claim";
  readonly from: { readonly topic: string } | { readonly key: string };
  readonly leaseMs: number;
  /** Random; becomes part of the token. */
  readonly leaseId: number;
  /** Items that were claimed this often are parked as failed instead. */
  readonly maxAttempts: number | undefined;
}

/** What a holder does with its lease; `position`, `mark` and `epoch` are the token's. */
export interface HeldOperation {
  readonly key: string;
  readonly position: number;
  readonly leaseId: number;
  readonly epoch: string;
}

export interface ExtendOperation extends HeldOperation {
  readonly type: "extend";
  readonly leaseMs: number;
}

export interface CompleteOperation extends HeldOperation {
  readonly type: "complete";
  /** JSON text; undefined deletes the item. */
  readonly result: string | undefined;
  readonly route: Route | undefined;
  readonly expiry: Expiry;
}

export interface ReleaseOperation extends HeldOperation {
  readonly type: "release";
  readonly retryInMs: number;
  /** Gives the attempt back: the work was not tried. */
  readonly refund: boolean;
  /** An item that was claimed this often is parked as failed instead. */
  readonly maxAttempts: number | undefined;
}

/** Where a step of a clearing ends, and the next one begins. */
export interface ClearPlace {
  /** Of the tenant that the first step found. */
  readonly epoch: string;
  /** The log's head in the first step: items that were written later stay. */
  readonly head: number;
  /** The last key that was looked at. */
  readonly key: string;
}

/** What only the system does, to the whole tenant. */
type SystemOperation =
  | { readonly type: "deleteTopic"; readonly topic: string }
  /** Deletes up to `limit` items in key order; `from` is undefined in the first step. */
  | { readonly type: "clear"; readonly limit: number; readonly from: ClearPlace | undefined }
  | { readonly type: "sweep"; readonly limit: number };

export type Operation =
  | PutOperation
  | DeleteOperation
  | PublishOperation
  | SubscribeOperation
  | SetPermissionsOperation
  | ClaimOperation
  | ExtendOperation
  | CompleteOperation
  | ReleaseOperation
  | SystemOperation;

/** Operations that become true together, at one position of the log. No two may name the same key or event id. */
export interface Commit {
  /** Who does it; `null` is the system. */
  readonly actor: string | null;
  readonly ops: readonly Operation[];
  /** The limits that it must keep. Left out: none. */
  readonly quotas?: Quotas | undefined;
}
