import type { JsonValue } from "../json/json.ts";
import type { Cursor } from "../log/cursor.ts";
import type { MeshEvent } from "../view/event.ts";
import type { Item } from "../view/item.ts";
import { knownOptions } from "../options/known-options.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";
import type { WatchChange, WatchedEvent, WatchedItem } from "./watch-change.ts";

export interface ChangeFilter<T extends string = string, K extends string = string> {
  /** Only what follows this place in the log. Without it: nothing yet, and the place that is now. */
  since?: Cursor | undefined;
  /** Only items and events on at least one of these topics; an item that leaves them arrives as `hide`. */
  topics?: readonly T[] | undefined;
  /** Only these keys; then no events. */
  keys?: readonly K[] | undefined;
  /** 1 to 1,000. Default 100. */
  limit?: number | undefined;
}

export const CHANGES = knownOptions<ChangeFilter>("changes", {
  since: true,
  topics: true,
  keys: true,
  limit: true,
});

/** What a watch would tell, up to now. */
export interface ChangeListing<V = JsonValue, E = MeshEvent, I extends Item<V> = Item<V>> {
  readonly changes: readonly Exclude<WatchChange<V, E, I>, { type: "ready" | "lagged" }>[];
  /** Hand it back as `since`: behind the last of them, or the log's end when there is no more. */
  readonly cursor: Cursor;
  /** Whether more of them are there already. */
  readonly more: boolean;
  /** The storage's time of the reading. */
  readonly at: Date;
}

/** The changes of these topics and keys. */
export type ChangesOf<S extends MeshSchema, T extends string, K extends string> = ChangeListing<
  unknown,
  WatchedEvent<S, K>,
  WatchedItem<S, T, K>
>;
