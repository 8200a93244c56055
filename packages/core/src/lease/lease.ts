import { knownOptions } from "../options/known-options.ts";
import type { JsonValue } from "../json/json.ts";
import type { RouteInput } from "../route/route.ts";
import type {
  MeshSchema,
  PublishableOf,
  EventTypeOf,
  TopicOf,
  Untyped,
} from "../schema/mesh-schema.ts";
import type { Item } from "../view/item.ts";
import type { Duration } from "../time/duration.ts";

/** An event that is published in the commit that completes the work. */
export type CompletionEvent<S extends MeshSchema = Untyped> = {
  [E in EventTypeOf<S>]: RouteInput<TopicOf<S>> & {
    type: E;
    data: PublishableOf<S, E, unknown>;
    /** The same id twice: one event, the first. Default: a random one. */
    id?: string | undefined;
  };
}[EventTypeOf<S>];

export interface CompleteOptions<
  T extends string = string,
  E = CompletionEvent,
> extends RouteInput<T> {
  /** How long the result stays; not given: for good. `"keep"`: as long as the item was to stay. */
  ttl?: Duration | "keep" | undefined;
  events?: readonly E[] | undefined;
}

export const COMPLETE = knownOptions<CompleteOptions>("complete", {
  topics: true,
  subscribers: true,
  global: true,
  ttl: true,
  events: true,
});
export const COMPLETION_EVENT = knownOptions<CompletionEvent>("complete", {
  type: true,
  data: true,
  id: true,
  topics: true,
  subscribers: true,
  global: true,
});

export interface ReleaseOptions {
  /** When it can be claimed again. Default: now. */
  retryIn?: Duration | undefined;
  /** `false` gives the attempt back: the work was not tried. Default true. */
  countAttempt?: boolean | undefined;
  /** Parks the item as `failed` instead when it was claimed this often. */
  maxAttempts?: number | undefined;
}

export const RELEASE = knownOptions<ReleaseOptions>("release", {
  retryIn: true,
  countAttempt: true,
  maxAttempts: true,
});

export interface Completed {
  /** The result's revision; absent when the item was deleted. */
  readonly revision: number | undefined;
  /** Topics of its route that nobody is subscribed to. */
  readonly topicsWithoutSubscribers: readonly string[];
}

/** A time-limited claim on one item. Every method needs the lease to be live, and answers STALE_TOKEN when it is not. */
export interface Lease<
  V = JsonValue,
  T extends string = string,
  E = CompletionEvent,
  I extends Item<V> = Item<V>,
> {
  readonly item: I;
  readonly key: I["key"];
  /** The fencing token: of two leases of one tenant the later one's compares greater (`<` on strings). */
  readonly token: string;
  /** 1 for the first claim since the item was pushed. */
  readonly attempt: number;
  /** When it ends by itself, by the storage's time. */
  readonly expiresAt: Date;
  /** Aborted when the lease is lost (it ended, or somebody wrote the item), and when the mesh closes. */
  readonly signal: AbortSignal;
  /** Whether it was completed or released through this object. */
  readonly settled: boolean;
  /** Sets its end anew, from now. */
  extend(lease: Duration): Promise<{ readonly expiresAt: Date }>;
  /**
   * Without a result, deletes the item. With one, replaces its value and marks it done in the same commit, which also
   * publishes the events; a route re-routes it.
   */
  complete(result?: unknown, options?: CompleteOptions<T, E>): Promise<Completed>;
  /** Gives it back. Tells whether it was parked as failed. */
  release(options?: ReleaseOptions): Promise<{ readonly failed: boolean }>;
}
