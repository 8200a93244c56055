import type { ConnectionListener } from "../connection/connection-change.ts";
import type { SynthaError } from "../error/syntha-error.ts";
import type { JsonValue } from "../json/json.ts";
import type { Cursor } from "../log/cursor.ts";
import type { MeshEvent } from "../view/event.ts";
import type { EventOf } from "../events/event-listing.ts";
import type { Both, KeysOf, MeshSchema } from "../schema/mesh-schema.ts";
import type { Item, ItemOf } from "../view/item.ts";
import { knownOptions } from "../options/known-options.ts";

/** One thing that a watch tells. `cursor` is the place right behind it: hand it back as `since` to go on from there. */
export type WatchChange<V = JsonValue, E = MeshEvent, I extends Item<V> = Item<V>> =
  /** An item was written, or came into sight. */
  | { readonly type: "put"; readonly item: I; readonly cursor: Cursor }
  /** An item went out of sight: re-routed, or no longer subscribed to. */
  | { readonly type: "hide"; readonly key: I["key"]; readonly cursor: Cursor }
  /** An item that was in sight was deleted, or its time was over. */
  | { readonly type: "delete"; readonly key: I["key"]; readonly cursor: Cursor }
  | { readonly type: "expire"; readonly key: I["key"]; readonly cursor: Cursor }
  | { readonly type: "event"; readonly event: E; readonly cursor: Cursor }
  /** With `initial`: what was visible has been given; what follows is news. */
  | { readonly type: "ready"; readonly cursor: Cursor }
  /**
   * Something can't be read: it is damaged where it is stored. With a `key`, its item was written or changed; without
   * one, what changed is not known, and `watch({ initial: true })` shows what is visible now. An event's id is in
   * `error.details`.
   */
  | {
      readonly type: "corrupt";
      readonly key: string | undefined;
      readonly error: SynthaError<"CORRUPT_DATA">;
      readonly cursor: Cursor;
    }
  /** The buffer was full: so many changes were dropped; a watch with this `cursor` as `since` gives them. */
  | { readonly type: "lagged"; readonly dropped: number; readonly cursor: Cursor };

export interface WatchOptions<T extends string = string, K extends string = string> {
  /** First gives what is visible, in key order, then `ready`, then what follows. */
  initial?: boolean | undefined;
  /** Goes on from this place instead of from now; nothing between is lost or doubled. */
  since?: Cursor | undefined;
  /** Only items and events on at least one of these topics; an item that leaves them arrives as `hide`. */
  topics?: readonly T[] | undefined;
  /** Only these keys; then no events. */
  keys?: readonly K[] | undefined;
  /** Ends the watch. */
  signal?: AbortSignal | undefined;
  /** Called when this watch loses its storage, and when it reaches it again: see the option of the mesh. */
  onConnectionChange?: ConnectionListener | undefined;
  /** Changes that may wait to be taken before more are dropped and told as `lagged`. Default 1,024. */
  buffer?: number | undefined;
}

export const WATCH = knownOptions<WatchOptions>("watch", {
  initial: true,
  since: true,
  topics: true,
  keys: true,
  signal: true,
  onConnectionChange: true,
  buffer: true,
});

/**
 * A live feed. Without `since` it starts where the log stands when it is called: every later write through this mesh is
 * told; another process' write may come just before the start is read. Ends with its signal, `return()` or the mesh. An
 * outage of the storage does not end it, however long it lasts; an error that does not pass by itself is thrown once, such
 * as CURSOR_COMPACTED when its place in the log is lost, or MISCONFIGURED.
 */
export interface Watch<
  V = JsonValue,
  E = MeshEvent,
  I extends Item<V> = Item<V>,
> extends AsyncIterableIterator<WatchChange<V, E, I>, undefined> {
  /**
   * The position after the last change taken and after later log entries that this watch does not show, however the
   * watch ends: pass it as `since` to get what was not taken. After `lagged` it is that change's cursor until another
   * change is taken. Undefined until the watch has started.
   */
  readonly cursor: Cursor | undefined;
  return(): Promise<IteratorResult<WatchChange<V, E, I>, undefined>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Keys that a watch of these topics and keys reports. */
type WatchedKey<S extends MeshSchema, T extends string, K extends string> = Both<K, KeysOf<S, T>>;

/** The items that a watch of these topics and keys reports. */
export type WatchedItem<S extends MeshSchema, T extends string, K extends string> = ItemOf<
  S,
  WatchedKey<S, T, K>
>;

/** The events that it reports; a watch of keys reports none. */
export type WatchedEvent<S extends MeshSchema, K extends string> = string extends K
  ? EventOf<S>
  : never;

/** A watch of these topics and keys. */
export type WatchOf<S extends MeshSchema, T extends string, K extends string> = Watch<
  unknown,
  WatchedEvent<S, K>,
  WatchedItem<S, T, K>
>;
