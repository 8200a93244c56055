import type { Allowance, Spending } from "../limit/allowance.ts";
import { NO_USAGE, type Usage } from "../limit/usage.ts";
import type { EventRow } from "../model/event-row.ts";
import {
  type Effects,
  type ItemEffect,
  itemEffect,
  type SubscriptionEffect,
} from "../storage/effects.ts";
import type { Facts, Sighting } from "../storage/facts.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { AgentSighting, UnloggedUpdate } from "../storage/outcome.ts";
import type { Permissions } from "../model/permissions.ts";
import type { AgentCard } from "../model/agent-card.ts";
import { type QueueBucket, queueBucketsOf } from "../route/audience-bucket.ts";
import { DependentsCache } from "./dependents-cache.ts";
import { QueueCache, type QueueRead } from "./queue-cache.ts";
import { idOf, type FactRequest } from "./fact-request.ts";

/** A topic's counts, with expired items. */
export interface TopicCounts {
  readonly subscribers: number;
  readonly items: number;
}

export interface AgentFacts {
  readonly permissions: Permissions | null;
  /** The number of topics. */
  readonly subscriptions: number;
  /** Null if it is not known (R19). */
  readonly sighting: Sighting | null;
}

const UNKNOWN_AGENT: AgentFacts = { permissions: null, subscriptions: 0, sighting: null };

/** The counters of a tenant. */
export interface TenantCounts {
  items: number;
  /** Bytes of the items' keys and values. */
  bytes: number;
  globals: number;
  events: number;
  /** Agents with a subscription. */
  agents: number;
  /** Topics with an item or a subscriber. */
  topics: number;
}

/** Thrown by a decision that needs a fact that was not read. */
export class MissingFact extends Error {
  readonly request: FactRequest;
  constructor(request: FactRequest) {
    super(`The fact ${idOf(request)} was not read.`);
    this.request = request;
  }
}

const NO_TOPIC: TopicCounts = { subscribers: 0, items: 0 };

/**
 * Facts for an engine that cannot be read while a decision is made: what was read before, and what the commits of this
 * transaction have changed since. `decide` is pure: when it throws {@link MissingFact}, the fact is read and the commit
 * is decided again.
 */
export class FactCache implements Facts {
  readonly epoch: string;
  readonly now: number;
  readonly counts: TenantCounts;
  #head: number;
  readonly #items = new Map<string, ItemRow | undefined>();
  readonly #agents = new Map<string, AgentFacts>();
  readonly #topics = new Map<string, TopicCounts>();
  readonly #subscriptions = new Map<string, boolean>();
  readonly #subscriptionsOf = new Map<string, readonly string[]>();
  readonly #events = new Map<string, EventRow | undefined>();
  readonly #usages = new Map<string, Usage>();
  readonly #allowances = new Map<string | null, Allowance | undefined>();
  readonly #queues = new Map<QueueBucket, QueueCache>();
  readonly #dependents = new DependentsCache();
  readonly #cards = new Map<string, AgentCard | null>();
  /** Answers that are valid until something changes. */
  readonly #untilNextChange = new Map<string, unknown>();

  constructor(epoch: string, head: number, now: number, counts: TenantCounts) {
    this.epoch = epoch;
    this.#head = head;
    this.now = now;
    this.counts = { ...counts };
  }

  get head(): number {
    return this.#head;
  }

  item(key: string): ItemRow | undefined {
    if (this.#items.has(key)) return this.#items.get(key);
    throw new MissingFact({ type: "item", key, by: null });
  }

  permissions(agent: string): Permissions | null {
    return this.agent(agent).permissions;
  }

  card(agent: string): AgentCard | null {
    const known = this.#cards.get(agent);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "card", agent });
  }

  sighting(agent: string): Sighting | undefined {
    return this.agent(agent).sighting ?? undefined;
  }

  subscriptions(agent: string): readonly string[] {
    const known = this.#subscriptionsOf.get(agent);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "subscriptions", agent });
  }

  isSubscribed(agent: string, topic: string): boolean {
    const known = this.#subscriptions.get(pairId(agent, topic));
    if (known !== undefined) return known;
    throw new MissingFact({ type: "subscription", agent, topic });
  }

  subscribers(topic: string): number {
    return this.topic(topic).subscribers;
  }

  event(id: string): EventRow | undefined {
    if (this.#events.has(id)) return this.#events.get(id);
    throw new MissingFact({ type: "event", id });
  }

  itemsOn(topic: string): number {
    return this.topic(topic).items;
  }

  eventsOn(topic: string, most: number): number {
    return this.#cachedAnswer({ type: "eventsOn", topic, most });
  }

  ready(queue: QueueBucket, skip: number, limit: number): readonly ItemRow[] {
    const known = this.#queues.get(queue)?.ready(this.now, skip, limit);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "queue", queue, size: skip + limit });
  }

  nextReadyAt(queue: QueueBucket): number | null {
    const known = this.#queues.get(queue)?.nextReadyAt(this.now);
    return known === undefined ? this.#cachedAnswer({ type: "nextReadyAt", queue }) : known;
  }

  dependents(keys: readonly string[]): readonly ItemRow[] {
    const missing = this.#dependents.missing(keys);
    if (missing.length > 0) throw new MissingFact({ type: "dependents", keys: missing });
    return Array.from(this.#dependents.of(keys), (key) => this.item(key) as ItemRow);
  }

  dependentCount(key: string): number {
    const known = this.#dependents.count(key);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "dependentCount", key });
  }

  page(of: { readonly topic: string } | "all", after: string, limit: number): readonly ItemRow[] {
    return this.#cachedAnswer({ type: "page", of, after, limit });
  }

  expired(limit: number): readonly ItemRow[] {
    return this.#cachedAnswer({ type: "expired", limit });
  }

  get usage(): Usage {
    return this.counts;
  }

  usageOf(agent: string): Usage {
    const known = this.#usages.get(agent);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "usage", agent });
  }

  allowance(of: string | null): Allowance | undefined {
    if (this.#allowances.has(of)) return this.#allowances.get(of);
    throw new MissingFact({ type: "allowance", of });
  }

  agent(name: string): AgentFacts {
    const known = this.#agents.get(name);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "agent", name });
  }

  topic(name: string): TopicCounts {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "topic", name });
  }

  // A fact that is cached may have changed in this transaction, so one that was read does not replace it.

  cacheItem(key: string, row: ItemRow | undefined): void {
    if (!this.#items.has(key)) this.#items.set(key, row);
  }

  cacheAgent(name: string, facts: AgentFacts | undefined): void {
    if (!this.#agents.has(name)) this.#agents.set(name, facts ?? UNKNOWN_AGENT);
  }

  cacheTopic(name: string, counts: TopicCounts | undefined): void {
    if (!this.#topics.has(name)) this.#topics.set(name, counts ?? NO_TOPIC);
  }

  cacheSubscription(agent: string, topic: string, isSubscribed: boolean): void {
    const id = pairId(agent, topic);
    if (!this.#subscriptions.has(id)) this.#subscriptions.set(id, isSubscribed);
  }

  cacheEvent(id: string, event: EventRow | undefined): void {
    if (!this.#events.has(id)) this.#events.set(id, event);
  }

  cacheUsage(agent: string, usage: Usage | undefined): void {
    if (!this.#usages.has(agent)) this.#usages.set(agent, usage ?? NO_USAGE);
  }

  cacheAllowance(of: string | null, allowance: Allowance | undefined): void {
    if (!this.#allowances.has(of)) this.#allowances.set(of, allowance);
  }

  cacheSubscriptions(agent: string, topics: readonly string[]): void {
    this.#subscriptionsOf.set(agent, topics);
  }

  cacheCard(agent: string, card: AgentCard | null): void {
    if (!this.#cards.has(agent)) this.#cards.set(agent, card);
  }

  cacheQueue(queue: QueueBucket, read: QueueRead): void {
    this.#queues.set(queue, new QueueCache(queue, read));
  }

  /** @param dependents the rows that have one of the keys pending, of all of them */
  cacheDependents(keys: readonly string[], dependents: readonly ItemRow[]): void {
    const byDependency = new Map(keys.map((key) => [key, [] as string[]]));
    for (const row of dependents) {
      this.cacheItem(row.key, row);
      for (const key of row.task?.pending ?? []) byDependency.get(key)?.push(row.key);
    }
    for (const [key, of] of byDependency) this.#dependents.add(key, of);
  }

  cacheDependentCount(key: string, count: number): void {
    this.#dependents.addCount(key, count);
  }

  cacheUntilNextChange(
    need: Extract<FactRequest, { type: "eventsOn" | "nextReadyAt" | "page" | "expired" }>,
    answer: number | null | readonly ItemRow[],
  ): void {
    this.#untilNextChange.set(idOf(need), answer);
  }

  /** The facts that `apply` needs to count these effects. */
  requestsToApply({ counts, deletedTopics, subscriptions, permissions }: Effects): FactRequest[] {
    const needs = new Map<string, FactRequest>();
    const add = (need: FactRequest): void => void needs.set(idOf(need), need);
    for (const name of [...counts.topics.map((topic) => topic.name), ...deletedTopics])
      if (!this.#topics.has(name)) add({ type: "topic", name });
    for (const { agent: name } of [...subscriptions, ...permissions])
      if (!this.#agents.has(name)) add({ type: "agent", name });
    return [...needs.values()];
  }

  /**
   * Applies a commit to the facts. For a topic that is deleted, the engine first calls `endSubscriptions` with the number
   * of agents that have no subscription left.
   */
  apply({ items, events, subscriptions, permissions, cards, counts }: Effects): void {
    this.#head++;
    this.#untilNextChange.clear();
    for (const effect of items) this.#replace(effect);
    this.counts.items += counts.items;
    this.counts.bytes += counts.bytes;
    this.counts.globals += counts.globals;
    this.counts.events += counts.events;
    for (const event of events) this.#events.set(event.id, event);
    for (const { agent, items: more, bytes } of counts.usage) {
      const known = this.#usages.get(agent);
      if (known !== undefined)
        this.#usages.set(agent, { items: known.items + more, bytes: known.bytes + bytes });
    }
    for (const { name, items: more, subscribers } of counts.topics) {
      const known = this.topic(name);
      this.#count(name, {
        items: known.items + more,
        subscribers: known.subscribers + subscribers,
      });
    }
    for (const effect of subscriptions) this.#subscribe(effect);
    for (const { agent, permissions: granted } of permissions)
      this.#agents.set(agent, { ...this.agent(agent), permissions: granted });
    for (const { agent, card } of cards) this.#cards.set(agent, card);
  }

  /** Applies what changed without a log entry. */
  applyUnlogged(unlogged: readonly UnloggedUpdate[]): void {
    this.#untilNextChange.clear();
    for (const { before, after } of unlogged) this.#replace(itemEffect(before, after, true));
  }

  /** Applies that agents became known, or acted. */
  see(sightings: readonly AgentSighting[]): void {
    for (const { agent, acted } of sightings) {
      const known = this.#agents.get(agent);
      if (known === undefined) continue;
      const { firstSeen, lastSeen } = known.sighting ?? { firstSeen: this.now, lastSeen: null };
      const sighting = { firstSeen, lastSeen: acted ? this.now : lastSeen };
      this.#agents.set(agent, { ...known, sighting });
    }
  }

  /** Applies what a commit used of rates. */
  spend(spent: readonly Spending[]): void {
    for (const { owner, allowance } of spent) this.#allowances.set(owner, allowance);
  }

  /** The engine has ended every subscription to a topic, after which `without` agents have none left. */
  endSubscriptions(topic: string, without: number): void {
    this.counts.agents -= without;
    this.#count(topic, { ...this.topic(topic), subscribers: 0 });
    this.#subscriptions.clear();
    this.#subscriptionsOf.clear();
    this.#agents.clear();
    this.#events.clear();
  }

  #replace(effect: ItemEffect): void {
    const { key, before, after } = effect;
    this.#items.set(key, after ?? undefined);
    this.#dependents.apply(effect);
    if (this.#queues.size === 0) return;
    for (const row of [before, after])
      if (row !== null)
        for (const queue of queueBucketsOf(row))
          this.#queues.get(queue)?.replace(key, before, after);
  }

  #subscribe({ agent, topic, isSubscribed }: SubscriptionEffect): void {
    this.#subscriptions.set(pairId(agent, topic), isSubscribed);
    this.#subscriptionsOf.delete(agent);
    const facts = this.agent(agent);
    const subscriptions = facts.subscriptions + (isSubscribed ? 1 : -1);
    this.#agents.set(agent, { ...facts, subscriptions });
    if (facts.subscriptions === 0) this.counts.agents++;
    if (subscriptions === 0) this.counts.agents--;
  }

  #count(topic: string, counts: TopicCounts): void {
    const isThere = (each: TopicCounts): number => Number(each.items > 0 || each.subscribers > 0);
    this.counts.topics += isThere(counts) - isThere(this.topic(topic));
    this.#topics.set(topic, counts);
  }

  #cachedAnswer<T>(need: FactRequest): T {
    const id = idOf(need);
    if (!this.#untilNextChange.has(id)) throw new MissingFact(need);
    return this.#untilNextChange.get(id) as T;
  }
}

/** Unique, because names contain no NUL. */
function pairId(agent: string, topic: string): string {
  return `${agent}\0${topic}`;
}
