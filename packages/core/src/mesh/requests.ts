import type { Cursor } from "../log/cursor.ts";
import type { RouteInput } from "../route/route.ts";
import type {
  EventDataOf,
  EventTypeOf,
  KeyOf,
  MeshSchema,
  TopicOf,
  Untyped,
  ValueOf,
  WritableOf,
} from "../schema/mesh-schema.ts";
import { knownOptions } from "../options/known-options.ts";
import type { Duration } from "../time/duration.ts";
import type { CorruptEvent, MeshEvent } from "../view/event.ts";
import type { CorruptItem, Item } from "../view/item.ts";
import type { Page } from "../view/page-token.ts";
import type { PushOptions } from "../session/put-request.ts";

/** One push of a batch. */
export type Push<S extends MeshSchema = Untyped, K extends KeyOf<S> = KeyOf<S>> = K extends unknown
  ? PushOptions<TopicOf<S>> & { readonly key: K; readonly value: WritableOf<S, K, unknown> }
  : never;

export const BATCH = knownOptions<Push>("pushMany", {
  key: true,
  value: true,
  topics: true,
  subscribers: true,
  global: true,
  ttl: true,
  ifRevision: true,
});

export interface UpdateOptions<T extends string = string> extends RouteInput<T> {
  /** For creating: how long it stays. */
  ttl?: Duration | undefined;
  /** Ends the attempts. */
  signal?: AbortSignal | undefined;
}

export const UPDATE = knownOptions<UpdateOptions>("update", {
  topics: true,
  subscribers: true,
  global: true,
  ttl: true,
  signal: true,
});

export interface DeleteOptions {
  /** Deletes only this revision. */
  ifRevision?: number | undefined;
}

export const DELETE = knownOptions<DeleteOptions>("delete", { ifRevision: true });

/** What `update`'s function gives: the new value. */
export type Updated<S extends MeshSchema, K, V> = [ValueOf<S, K, never>] extends [never]
  ? V
  : WritableOf<S, K, V>;

export interface Listing<I = Item> {
  readonly items: readonly I[];
  /** Items whose values are damaged where they are stored: without their values. */
  readonly corrupt: readonly CorruptItem[];
  /** Undefined when there is no more. */
  readonly nextPage: Page | undefined;
}

/** One item by key, or the oldest ready one on a topic. */
export type ClaimSource<
  S extends MeshSchema = Untyped,
  K extends string = string,
  T extends string = string,
> =
  | { readonly topic: T & TopicOf<S>; readonly key?: undefined }
  | { readonly key: K & KeyOf<S>; readonly topic?: undefined };

export const CLAIM_SOURCE = knownOptions<ClaimSource>("claim", { topic: true, key: true });

/** Values by key. Where the keys are known beforehand, each may still be missing. */
export type ValuesByKey<S extends MeshSchema, T, K extends string = KeyOf<S>> =
  string extends KeyOf<S> ? Record<K, ValueOf<S, string, T>> : { [P in K]?: ValueOf<S, P, T> };

export interface ClaimOptions {
  /** How long the lease lasts unless it is extended. Default `"30s"`. */
  lease?: Duration | undefined;
  /** Items that were claimed this often are parked as `failed` instead. Default: none are. */
  maxAttempts?: number | undefined;
}

export const CLAIM = knownOptions<ClaimOptions>("claim", { lease: true, maxAttempts: true });

export interface PublishOptions<T extends string = string> extends RouteInput<T> {
  /** The same id twice gives one event, the first. Default: a random one. */
  id?: string | undefined;
}

export const PUBLISH = knownOptions<PublishOptions>("publish", {
  topics: true,
  subscribers: true,
  global: true,
  id: true,
});

export interface Published {
  readonly id: string;
  /** False when an event of this id was there already. */
  readonly created: boolean;
  /** Topics of its route that nobody is subscribed to. */
  readonly topicsWithoutSubscribers: readonly string[];
}

export interface EventFilter<E extends string = string> {
  types?: readonly E[] | undefined;
  /** Only what follows this place in the log. */
  since?: Cursor | undefined;
  /** 1 to 1,000. Default 100. */
  limit?: number | undefined;
}

export const EVENTS = knownOptions<EventFilter>("events", {
  types: true,
  since: true,
  limit: true,
});

/** An event of one of these types: looking at its type tells what its data is. */
export type EventOf<S extends MeshSchema, E extends EventTypeOf<S> = EventTypeOf<S>> = {
  [P in E]: MeshEvent<EventDataOf<S, P>, P>;
}[E];

export interface EventListing<E = MeshEvent> {
  readonly events: readonly E[];
  /** Events whose data is damaged where it is stored: without their data. */
  readonly corrupt: readonly CorruptEvent[];
  /** Behind the last of them, or the log's end when there is no more. */
  readonly cursor: Cursor;
}
