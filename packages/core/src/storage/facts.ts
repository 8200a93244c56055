import type { Allowance } from "../limit/allowance.ts";
import type { Usage } from "../limit/usage.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";

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
  /** Up to `limit` items on the topic that are ready at `now`, by `readyAt`, then `order`, without the first `skip`. */
  ready(topic: string, skip: number, limit: number): readonly ItemRow[];
  /** When the next item on the topic becomes ready; null if none will. */
  nextReadyAt(topic: string): number | null;
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
