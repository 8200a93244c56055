import type { RouteReport } from "../agents/route-report.ts";
import { READ_SET, type ReadSet } from "../items/read-set.ts";
import { knownOptions } from "../options/known-options.ts";
import type { JsonValue } from "../json/json.ts";
import type { RouteInput } from "../route/route.ts";
import type {
  MeshSchema,
  PublishableOf,
  EventTypeOf,
  TopicOf,
  ResultOf,
  Untyped,
} from "../schema/mesh-schema.ts";
import type { Push, Pushed } from "../items/push.ts";
import type { TaskOptions } from "../items/task-options.ts";
import type { Item, ItemOf } from "../view/item.ts";
import type { Duration } from "../time/duration.ts";

/** An event published in the commit that completes the work. */
export type CompletionEvent<S extends MeshSchema = Untyped> = {
  [E in EventTypeOf<S>]: RouteInput<TopicOf<S>> & {
    type: E;
    data: PublishableOf<S, E, unknown>;
    /** Publishing the same id again adds no second event. @default a random id */
    id?: string | undefined;
  };
}[EventTypeOf<S>];

/** What the commit that completes an item, or hands it off, contains as well: all of it, or nothing. */
export interface FollowUps<E = CompletionEvent, P = Push> extends ReadSet {
  /** Events to publish. */
  events?: readonly E[] | undefined;
  /** Items to push, with the options of {@link AgentContext.pushMany}, such as the tasks that follow. */
  push?: readonly P[] | undefined;
}

export interface CompleteOptions<T extends string = string, E = CompletionEvent, P = Push>
  extends RouteInput<T>, FollowUps<E, P> {
  /** How long the result exists; `"keep"` keeps the item's expiry. @default no expiry */
  ttl?: Duration | "keep" | undefined;
}

/** Of a hand-off. A route replaces the item's; without one, it stays. */
export interface HandOffOptions<T extends string = string, E = CompletionEvent, P = Push>
  extends RouteInput<T>, TaskOptions, FollowUps<E, P> {
  /** How long the item exists; `"keep"` keeps its expiry. @default no expiry */
  ttl?: Duration | "keep" | undefined;
}

const ROUTE_NAMES = { topics: true, subscribers: true, global: true } as const;
export const COMPLETE = knownOptions<CompleteOptions>("complete", {
  ...ROUTE_NAMES,
  ttl: true,
  events: true,
  push: true,
  ...READ_SET,
});
export const HAND_OFF = knownOptions<HandOffOptions>("handOff", {
  ...ROUTE_NAMES,
  ttl: true,
  priority: true,
  notBefore: true,
  events: true,
  push: true,
  ...READ_SET,
});
export const COMPLETION_EVENT = knownOptions<CompletionEvent>("complete", {
  ...ROUTE_NAMES,
  type: true,
  data: true,
  id: true,
});

export interface ReleaseOptions {
  /** When the item can be claimed again. @default at once */
  retryIn?: Duration | undefined;
  /** `false` does not count the attempt: the work was not tried. @default true */
  countAttempt?: boolean | undefined;
  /** Parks the item as `failed` instead if it was claimed this often. */
  maxAttempts?: number | undefined;
  /**
   * Why the attempt failed: an error, of which the message is stored, or the message. The item shows it as `lastFailure`,
   * up to 1,000 characters.
   * @default the item keeps its last failure
   */
  error?: unknown;
}

export const RELEASE = knownOptions<ReleaseOptions>("release", {
  retryIn: true,
  countAttempt: true,
  maxAttempts: true,
  error: true,
});

export interface Completed extends RouteReport {
  /** The result's revision; undefined if the item was deleted. */
  readonly revision: number | undefined;
  /** What the same commit pushed, in the order of `push`. */
  readonly pushed: readonly Pushed[];
}

/** The result of a hand-off. */
export interface HandedOff extends Completed {
  readonly revision: number;
}

/**
 * A time-limited, exclusive claim on one item. Its methods reject with STALE_TOKEN once the lease has ended, or the item
 * was written.
 *
 * @example
 * ```ts
 * const lease = await agent.claim({ topic: "work_queue" }, { lease: "1m" });
 * if (lease !== undefined) {
 *   const answer = await solve(lease.item.value, { signal: lease.signal });
 *   await lease.complete(answer, { topics: ["results"] });
 * }
 * ```
 */
export interface Lease<
  V = JsonValue,
  T extends string = string,
  E = CompletionEvent,
  I extends Item<V> = Item<V>,
  P = Push,
  R = unknown,
> {
  readonly item: I;
  readonly key: I["key"];
  /** The fencing token: of two leases of one tenant, the later one's compares greater (`<` on strings). */
  readonly token: string;
  /** 1 for the first claim after the item was pushed. */
  readonly attempt: number;
  /** When the lease ends, by the storage's clock. */
  readonly expiresAt: Date;
  /** Aborts when the lease is lost (it ended, or the item was written), and when the mesh closes. */
  readonly signal: AbortSignal;
  /** Whether this object completed it, handed it off or released it. */
  readonly settled: boolean;
  /** Sets the lease's end to this long from now. @throws STALE_TOKEN */
  extend(lease: Duration): Promise<{ readonly expiresAt: Date }>;
  /**
   * Without a result, deletes the item. With one, replaces its value and marks it `done`; a route in the options replaces
   * the item's. The same commit publishes the events and pushes the items.
   * @throws STALE_TOKEN; CONFLICT with `ifRevisions`; what a push or an event throws
   */
  complete(result?: R, options?: CompleteOptions<T, E, P>): Promise<Completed>;
  /**
   * Replaces the item's value, and its route if the options have one, and releases it for the next stage: it is open, at
   * the end of its queues, and has had no attempts. Its owner stays.
   *
   * @example
   * ```ts
   * await lease.handOff({ ...draft, text }, { topics: ["review"] });
   * ```
   * @throws STALE_TOKEN; what a push or an event throws
   */
  handOff(value: R, options?: HandOffOptions<T, E, P>): Promise<HandedOff>;
  /** Releases the item for another claim. Returns whether it was parked as `failed` instead. @throws STALE_TOKEN */
  release(options?: ReleaseOptions): Promise<{ readonly failed: boolean }>;
}

/** A lease on an item with one of these keys. */
export type LeaseOf<S extends MeshSchema, K extends string, V> = Lease<
  unknown,
  TopicOf<S>,
  CompletionEvent<S>,
  ItemOf<S, K, V>,
  Push<S>,
  ResultOf<S, K>
>;
