import type { ConnectionListener } from "../connection/connection-change.ts";
import type { SynthaError } from "../error/syntha-error.ts";
import type { EventOf } from "../events/event-listing.ts";
import type { JsonValue } from "../json/json.ts";
import type { Cursor } from "../log/cursor.ts";
import { knownOptions } from "../options/known-options.ts";
import type { Both, EventTypeOf, KeysOf, MeshSchema } from "../schema/mesh-schema.ts";
import type { MeshEvent } from "../view/event.ts";
import type { Item, ItemOf } from "../view/item.ts";
import { WATCH_SELECTION, type WatchSelection } from "./watch-filter.ts";

/**
 * One change that a watch emits. `cursor` is the position after it: pass it as `since` to resume there.
 *
 * @example
 * ```ts
 * for await (const change of agent.watch({ initial: true })) {
 *   if (change.type === "put") cache.set(change.item.key, change.item.value);
 *   else if (change.type === "lagged") break; // read the rest with `changes({ since: change.cursor })`
 *   else if ("key" in change && change.key !== undefined) cache.delete(change.key);
 * }
 * ```
 */
export type WatchChange<V = JsonValue, E = MeshEvent, I extends Item<V> = Item<V>> =
  /** An item was written, or became visible. */
  | { readonly type: "put"; readonly item: I; readonly cursor: Cursor }
  /** An item is no longer visible: it was re-routed, or a subscription ended. */
  | { readonly type: "hide"; readonly key: I["key"]; readonly cursor: Cursor }
  /** A visible item was deleted. */
  | { readonly type: "delete"; readonly key: I["key"]; readonly cursor: Cursor }
  /** A visible item expired. */
  | { readonly type: "expire"; readonly key: I["key"]; readonly cursor: Cursor }
  | { readonly type: "event"; readonly event: E; readonly cursor: Cursor }
  /** With `initial`: the items visible at the start have been emitted. */
  | { readonly type: "ready"; readonly cursor: Cursor }
  /**
   * Something is damaged where it is stored, and can't be read. With a `key`, its item was written or changed; without one,
   * what changed is unknown, and `watch({ initial: true })` shows what is visible now. An event's id is in `error.details`.
   */
  | {
      readonly type: "corrupt";
      readonly key: string | undefined;
      readonly error: SynthaError<"CORRUPT_DATA">;
      readonly cursor: Cursor;
    }
  /** The buffer was full and `dropped` changes were dropped. Pass `cursor` as `since` to read them. */
  | { readonly type: "lagged"; readonly dropped: number; readonly cursor: Cursor };

export interface WatchOptions<
  T extends string = string,
  K extends string = string,
  P extends string = string,
  E extends string = string,
> extends WatchSelection<T, K, P, E> {
  /** First emits the visible items in key order, then `ready`, then changes. @default false */
  initial?: boolean | undefined;
  /** Resumes from this cursor, with no gaps or duplicates. @default the log's end */
  since?: Cursor | undefined;
  /** Ends the watch. */
  signal?: AbortSignal | undefined;
  /** Called when this watch loses its storage, and when it reconnects. See {@link MeshOptions.onConnectionChange}. */
  onConnectionChange?: ConnectionListener | undefined;
  /** Changes that may wait to be taken; further ones are dropped, and reported as `lagged`. @default 1024 */
  buffer?: number | undefined;
}

export const WATCH = knownOptions<WatchOptions>("watch", {
  ...WATCH_SELECTION,
  initial: true,
  since: true,
  signal: true,
  onConnectionChange: true,
  buffer: true,
});

/**
 * A live feed, made by {@link AgentContext.watch}. Without `since` it starts at the log's end when it is called: it emits
 * every later write through this mesh; a write by another process may precede the read of the start. It ends with its
 * signal, `return()` or the mesh. An outage of the storage does not end it, however long it lasts; an error that does not
 * pass by itself is thrown once, such as CURSOR_COMPACTED if the log no longer holds what follows, or MISCONFIGURED.
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

/** The items that a watch with this selection reports. */
export type WatchedItem<
  S extends MeshSchema,
  T extends string,
  K extends string,
  P extends string,
> = ItemOf<S, Both<K, KeysOf<S, T, P>>>;

/** The events that a watch with this selection reports; `E` is never if it names no types. */
export type WatchedEvent<
  S extends MeshSchema,
  K extends string,
  P extends string,
  E extends string,
> = [E] extends [never]
  ? string extends K
    ? string extends P
      ? EventOf<S>
      : never
    : never
  : EventOf<S, E & EventTypeOf<S>>;

/** A watch with this selection. */
export type WatchOf<
  S extends MeshSchema,
  T extends string,
  K extends string,
  P extends string = string,
  E extends string = never,
> = Watch<unknown, WatchedEvent<S, K, P, E>, WatchedItem<S, T, K, P>>;
