import type { AgentCard } from "../model/agent-card.ts";
import type { Allowance } from "../limit/allowance.ts";
import type { Usage } from "../limit/usage.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";
import type { QueueBucket } from "../route/audience-bucket.ts";

/** Milliseconds of the storage's time. */
export interface Sighting {
  readonly firstSeen: number;
  /** Null: it has not acted yet. */
  readonly lastSeen: number | null;
}

/**
 * The facts that `decide` reads. A storage returns them from its write transaction, so that they still hold when the
 * changes are applied; the facts of a commit include the earlier commits of the same transaction. Rows are returned as
 * they are stored, expired or not: core decides what that means.
 */
export interface Facts {
  readonly epoch: string;
  readonly head: number;
  /** The tenant's time: the storage's clock, but never before the last commit's time. */
  readonly now: number;
  item(key: string): ItemRow | undefined;
  permissions(agent: string): Permissions | null;
  card(agent: string): AgentCard | null;
  /** When the agent became known and when it last acted, as stored; undefined if it is not known (R19). */
  sighting(agent: string): Sighting | undefined;
  /** Topics of an agent. */
  subscriptions(agent: string): readonly string[];
  isSubscribed(agent: string, topic: string): boolean;
  /** The number of subscribed agents. */
  subscribers(topic: string): number;
  event(id: string): EventRow | undefined;
  /** The number of items on the topic, expired or not. */
  itemsOn(topic: string): number;
  /** The number of events on the topic, counted up to `most`. */
  eventsOn(topic: string, most: number): number;
  /**
   * Up to `limit` items of the queue that are ready at `now`, from the highest priority, then by `readyAt`, then `order`,
   * without the first `skip`.
   */
  ready(queue: QueueBucket, skip: number, limit: number): readonly ItemRow[];
  /** When the next item of the queue becomes ready, of any priority; null if none will. */
  nextReadyAt(queue: QueueBucket): number | null;
  /** Items that have one of these keys pending, each once, expired or not. */
  dependents(keys: readonly string[]): readonly ItemRow[];
  /** The number of items that have the key pending, expired or not. */
  dependentCount(key: string): number;
  /** Up to `limit` items after a key, of a topic or of the whole tenant, in key order. */
  page(of: { readonly topic: string } | "all", after: string, limit: number): readonly ItemRow[];
  /** Up to `limit` items that are expired at `now`, by expiry, then key. */
  expired(limit: number): readonly ItemRow[];
  /** The tenant's items and bytes, expired or not. */
  readonly usage: Usage;
  /** The items and bytes that an agent owns, expired or not. */
  usageOf(agent: string): Usage;
  /** The rest of the write rate of an agent, or of the tenant (null), after the last commit that used it. */
  allowance(owner: string | null): Allowance | undefined;
}
