import type { Allowance } from "../limit/allowance.ts";
import type { Usage } from "../limit/usage.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";

/**
 * What a decision rests on. A storage answers from inside its write transaction, so that every fact still holds when
 * the changes are applied; facts of one commit show the commits before it in the same transaction. Rows come as they
 * are stored, expired or not: what that means is decided by core.
 */
export interface Facts {
  readonly epoch: string;
  readonly head: number;
  /** The tenant's time: the storage's clock, but never earlier than a commit has recorded. */
  readonly now: number;
  item(key: string): ItemRow | undefined;
  permissions(agent: string): Permissions | null;
  /** Topics of an agent. */
  subscriptions(agent: string): readonly string[];
  isSubscribed(agent: string, topic: string): boolean;
  /** How many agents are subscribed. */
  subscribers(topic: string): number;
  event(id: string): EventRow | undefined;
  /** How many items are on the topic, expired or not. */
  itemsOn(topic: string): number;
  /** How many events are on the topic, counted up to `most`. */
  eventsOn(topic: string, most: number): number;
  /** Up to `limit` items on the topic that are ready at `now`, oldest first (by `readyAt`, then `order`), leaving out `skip`. */
  ready(topic: string, skip: number, limit: number): readonly ItemRow[];
  /** When the next item on the topic that is not ready yet will be; null when there is none. */
  nextReadyAt(topic: string): number | null;
  /** Up to `limit` items with keys after `after`, of a topic or of the whole tenant, in key order. */
  page(of: { readonly topic: string } | "all", after: string, limit: number): readonly ItemRow[];
  /** Up to `limit` items that are expired at `now`. */
  expired(limit: number): readonly ItemRow[];
  /** What the tenant holds, expired or not. */
  readonly usage: Usage;
  /** What an agent owns, expired or not. */
  usageOf(agent: string): Usage;
  /** What was left of a rate, an agent's or the tenant's (null), when a commit last took of it. */
  allowance(of: string | null): Allowance | undefined;
}
