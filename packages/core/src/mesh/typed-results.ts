import type { ItemOf } from "../view/item.ts";
import type { CompletionEvent, Lease } from "../lease/lease.ts";
import type { WorkHandler } from "../lease/work.ts";
import type { Both, KeysOf, MeshSchema, TopicOf } from "../schema/mesh-schema.ts";
import type { ChangeListing } from "../watch/change-listing.ts";
import type { Watch } from "../watch/watch-change.ts";
import type { EventOf } from "./requests.ts";

/** A lease on an item with one of these keys. */
export type LeaseOf<S extends MeshSchema, K extends string, V> = Lease<
  unknown,
  TopicOf<S>,
  CompletionEvent<S>,
  ItemOf<S, K, V>
>;

/** What works on items with these keys. */
export type WorkHandlerOf<S extends MeshSchema, K extends string, V> = WorkHandler<
  unknown,
  TopicOf<S>,
  CompletionEvent<S>,
  ItemOf<S, K, V>
>;

/** Keys that a watch of these topics and keys reports. */
type WatchedKey<S extends MeshSchema, T extends string, K extends string> = Both<K, KeysOf<S, T>>;

/** A watch of keys reports no events. */
type WatchedEvent<S extends MeshSchema, K extends string> = string extends K ? EventOf<S> : never;

export type WatchOf<S extends MeshSchema, T extends string, K extends string> = Watch<
  unknown,
  WatchedEvent<S, K>,
  ItemOf<S, WatchedKey<S, T, K>>
>;

export type ChangesOf<S extends MeshSchema, T extends string, K extends string> = ChangeListing<
  unknown,
  WatchedEvent<S, K>,
  ItemOf<S, WatchedKey<S, T, K>>
>;
