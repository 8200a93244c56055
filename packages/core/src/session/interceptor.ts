import type { Commit } from "../storage/operation.ts";

/** What a mesh is asked to do, by the name of the method. `work` is the work on one item. */
export type OperationName =
  | "push"
  | "pushMany"
  | "update"
  | "get"
  | "getItem"
  | "getItems"
  | "getMany"
  | "getAll"
  | "keys"
  | "keysByTopic"
  | "list"
  | "delete"
  | "subscribe"
  | "unsubscribe"
  | "subscriptions"
  | "topics"
  | "can"
  | "watch"
  | "changes"
  | "claim"
  | "extend"
  | "complete"
  | "release"
  | "work"
  | "publish"
  | "events"
  | "explain"
  | "history"
  | "agents"
  | "subscribers"
  | "deleteTopic"
  | "setPermissions"
  | "permissions"
  | "stats"
  | "sweep"
  | "clear"
  | "compact";

export interface MeshOperation {
  readonly name: OperationName;
  readonly tenantId: string;
  /** Who asks; `null` is the system. */
  readonly actor: string | null;
  /** As the method was given them; of a lease its key comes first, of `work` it is the item. */
  readonly args: readonly unknown[];
  /** The mesh does it by itself: sweeps, compactions, claims of workers. */
  readonly isBackground: boolean;
}

/** Stands around all that is asked of a mesh, for traces, metrics and logs. It must not throw. */
export interface MeshInterceptor {
  /** Calls `run` once, at once, and gives what it gives: a promise, or the feed that `watch` opens. */
  intercept<T>(operation: MeshOperation, run: () => T): T;

  /** Called by whoever's operation it is part of: this commit now waits, and its storage gets this very object. */
  onCommitQueued(commit: Commit): void;
}
