import type { ConnectionListener } from "../connection/connection-change.ts";
import { checkCallback, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { MeshSchema, ResultOf, TopicOf } from "../schema/mesh-schema.ts";
import type { Duration } from "../time/duration.ts";
import type { Push } from "../items/push.ts";
import type { Item, ItemOf } from "../view/item.ts";
import type { CompletionEvent, Lease } from "./lease.ts";

export interface WorkOptions {
  /**
   * Handlers that run at the same time. Once a handler has returned, one commit can complete its item and claim the next.
   * @default 1
   */
  concurrency?: number | undefined;
  /** The length of each lease; it is extended while the handler runs. @default "30s" */
  lease?: Duration | undefined;
  /** An item that failed this often is parked as `failed`. @default 5 */
  maxAttempts?: number | undefined;
  /** When a failed item can be claimed again; doubles with each attempt, up to a minute, or stays as it is if it is longer. @default "1s" */
  retryIn?: Duration | undefined;
  /** Ends the loop: nothing more is claimed, and `work` resolves when the running handlers have finished. */
  signal?: AbortSignal | undefined;
  /**
   * Called with each failure of the handler and its item, which is retried or parked in any case. Called without an item
   * for one that is parked because its value is damaged (CORRUPT_DATA), and with the error that ends the loop, such as
   * MISCONFIGURED, before `work` rejects with it. If it throws, or rejects, the loop ends.
   */
  onError?: ((error: unknown, item: Item | undefined) => unknown) | undefined;
  /** Called when this loop loses its storage, and when it reconnects. See {@link MeshOptions.onConnectionChange}. */
  onConnectionChange?: ConnectionListener | undefined;
}

const WORK = knownOptions<WorkOptions>("work", {
  concurrency: true,
  lease: true,
  maxAttempts: true,
  retryIn: true,
  signal: true,
  onError: true,
  onConnectionChange: true,
});

export function checkWorkOptions(options: WorkOptions): void {
  checkOptions(options, WORK);
  checkSignal(options.signal);
  checkCallback("onError", options.onError);
  checkCallback("onConnectionChange", options.onConnectionChange);
}

/**
 * Processes one item. What it returns becomes the item's result; returning nothing deletes the item; it may also complete
 * it, hand it off or release it itself. If it throws, the item is released for another attempt, with the error's message as
 * its `lastFailure`.
 */
export type WorkHandler<
  V,
  T extends string = string,
  E = CompletionEvent,
  I extends Item<V> = Item<V>,
  P = Push,
  R = unknown,
> = (item: I, lease: Lease<V, T, E, I, P, R>) => unknown;

/** The handler for items with these keys. */
export type WorkHandlerOf<S extends MeshSchema, K extends string, V> = WorkHandler<
  unknown,
  TopicOf<S>,
  CompletionEvent<S>,
  ItemOf<S, K, V>,
  Push<S>,
  ResultOf<S, K>
>;
