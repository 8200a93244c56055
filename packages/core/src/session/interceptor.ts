import type { Commit } from "../storage/operation.ts";

/** An operation, by the name of its method; `work` is one item's run of a worker's handler. */
export type OperationName =
  | "push"
  | "pushMany"
  | "update"
  | "merge"
  | "append"
  | "increment"
  | "get"
  | "getItem"
  | "getItems"
  | "getMany"
  | "getAll"
  | "keys"
  | "keysByTopic"
  | "list"
  | "delete"
  | "deleteMany"
  | "subscribe"
  | "unsubscribe"
  | "subscriptions"
  | "topics"
  | "can"
  | "announce"
  | "watch"
  | "changes"
  | "waitFor"
  | "ask"
  | "claim"
  | "extend"
  | "complete"
  | "handOff"
  | "release"
  | "retry"
  | "work"
  | "publish"
  | "events"
  | "explain"
  | "explainMany"
  | "audience"
  | "history"
  | "log"
  | "leases"
  | "restore"
  | "agents"
  | "subscribers"
  | "deleteTopic"
  | "setPermissions"
  | "permissions"
  | "stats"
  | "at"
  | "sweep"
  | "clear"
  | "compact";

/** One call of a mesh's method. */
export interface MeshOperation {
  readonly name: OperationName;
  readonly tenantId: string;
  /** The agent; `null` is the system. */
  readonly actor: string | null;
  /** The method's arguments. A lease's methods have its key first; `work` has the item. */
  readonly args: readonly unknown[];
  /** Whether the mesh runs it without a call: sweeps, compactions, the claims of workers. */
  readonly isBackground: boolean;
}

/**
 * Runs around every operation of a mesh, for traces, metrics and logs. Its methods must not throw.
 *
 * @example
 * ```ts
 * const timing: MeshInterceptor = {
 *   intercept(operation, run) {
 *     const started = performance.now();
 *     const result = run();
 *     if (result instanceof Promise)
 *       void result
 *         .catch(() => undefined)
 *         .then(() => console.log(operation.name, performance.now() - started));
 *     return result;
 *   },
 *   onCommitQueued() {},
 * };
 * const mesh = new ContextMesh({ interceptor: timing });
 * ```
 */
export interface MeshInterceptor {
  /** Calls `run` once, synchronously, and returns its result: a promise, or the feed that `watch` opens. */
  intercept<T>(operation: MeshOperation, run: () => T): T;

  /** Called within the operation that the commit belongs to, when it is queued. The storage gets this very object. */
  onCommitQueued(commit: Commit): void;
}
