import type { Allowance, Spending } from "../limit/allowance.ts";
import { bytesAdded, bytesOf, NO_USAGE, type Usage } from "../limit/usage.ts";
import type { Change } from "../log/change.ts";
import { keepsRoute } from "../route/route.ts";
import type { EventRow } from "../model/event-row.ts";
import type { Facts } from "../storage/facts.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { LeaseExtension } from "../storage/outcome.ts";
import type { Permissions } from "../model/permissions.ts";
import { QueueCache, type QueueRead } from "./queue-cache.ts";
import { idOf, type FactRequest } from "./fact-request.ts";

/** A topic's counts; items whether they are expired or not. */
export interface TopicCounts {
  readonly subscribers: number;
  readonly items: number;
}

export interface AgentFacts {
  readonly permissions: Permissions | null;
  /** How many topics it is subscribed to. */
  readonly subscriptions: number;
}

/** What a tenant counts. */
export interface TenantCounts {
  items: number;
  /** Bytes that the items count for. */
  bytes: number;
  globals: number;
  events: number;
  /** Agents with a subscription. */
  agents: number;
  /** Topics with an item or a subscriber. */
  topics: number;
}

/** Thrown out of a decision that comes to a fact that was not read yet. */
export class MissingFact extends Error {
  readonly request: FactRequest;
  constructor(request: FactRequest) {
    super(`The fact ${idOf(request)} was not read.`);
    this.request = request;
  }
}

const NO_TOPIC: TopicCounts = { subscribers: 0, items: 0 };

/**
 * Facts for an engine that can't be asked while a decision is made: what was read beforehand, and what the commits of
 * this transaction have changed since. `decide` is pure, so one that meets an `Unknown` is made again when it was read.
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
  readonly #queues = new Map<string, QueueCache>();
  /** Answers to needs that hold only until something changes. */
  readonly #passing = new Map<string, unknown>();

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

  subscriptions(agent: string): readonly string[] {
    const known = this.#subscriptionsOf.get(agent);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "subscriptions", agent });
  }

  isSubscribed(agent: string, topic: string): boolean {
    const known = this.#subscriptions.get(edge(agent, topic));
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
    return this.#answer({ type: "eventsOn", topic, most });
  }

  ready(topic: string, skip: number, limit: number): readonly ItemRow[] {
    const known = this.#queues.get(topic)?.ready(this.now, skip, limit);
    if (known !== undefined) return known;
    throw new MissingFact({ type: "queue", topic, size: skip + limit });
  }

  nextReadyAt(topic: string): number | null {
    const known = this.#queues.get(topic)?.nextReadyAt(this.now);
    return known === undefined ? this.#answer({ type: "nextReadyAt", topic }) : known;
  }

  page(of: { readonly topic: string } | "all", after: string, limit: number): readonly ItemRow[] {
    return this.#answer({ type: "page", of, after, limit });
  }

  expired(limit: number): readonly ItemRow[] {
    return this.#answer({ type: "expired", limit });
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

  // What was read is taken only where nothing is known yet: what is known may have changed in this transaction.

  cacheItem(key: string, row: ItemRow | undefined): void {
    if (!this.#items.has(key)) this.#items.set(key, row);
  }

  cacheAgent(name: string, facts: AgentFacts | undefined): void {
    if (!this.#agents.has(name))
      this.#agents.set(name, facts ?? { permissions: null, subscriptions: 0 });
  }

  cacheTopic(name: string, counts: TopicCounts | undefined): void {
    if (!this.#topics.has(name)) this.#topics.set(name, counts ?? NO_TOPIC);
  }

  cacheSubscription(agent: string, topic: string, isSubscribed: boolean): void {
    const id = edge(agent, topic);
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

  cacheQueue(topic: string, read: QueueRead): void {
    this.#queues.set(topic, new QueueCache(topic, read));
  }

  cacheUntilNextChange(
    need: Extract<FactRequest, { type: "eventsOn" | "nextReadyAt" | "page" | "expired" }>,
    answer: number | null | readonly ItemRow[],
  ): void {
    this.#passing.set(idOf(need), answer);
  }

  /** What must be known before these changes can be counted. */
  needsToApply(changes: readonly Change[]): FactRequest[] {
    const needs = new Map<string, FactRequest>();
    const add = (need: FactRequest): void => void needs.set(idOf(need), need);
    const addTopics = (names: readonly string[]): void => {
      for (const name of names) if (!this.#topics.has(name)) add({ type: "topic", name });
    };
    for (const change of changes) {
      addTopics(recount(change));
      if ("topics" in change) addTopics(change.topics);
      if ("topic" in change) addTopics([change.topic]);
      if ("agent" in change && !this.#agents.has(change.agent))
        add({ type: "agent", name: change.agent });
    }
    return [...needs.values()];
  }

  /**
   * Takes the changes of a commit for true. Of a topic that is deleted, the engine tells beforehand how many
   * subscriptions ended, by `endSubscriptions`.
   */
  apply(changes: readonly Change[]): void {
    this.#head++;
    this.#passing.clear();
    for (const change of changes) this.#apply(change);
  }

  /** Takes leases for extended. */
  extend(extended: readonly LeaseExtension[]): void {
    this.#passing.clear();
    for (const { before, after } of extended) this.#replace(before, after);
  }

  /** Takes for true what a commit took of rates. */
  spend(spent: readonly Spending[]): void {
    for (const { of, allowance } of spent) this.#allowances.set(of, allowance);
  }

  /** The engine has ended every subscription to a topic; `without` agents have none left. */
  endSubscriptions(topic: string, without: number): void {
    this.counts.agents -= without;
    this.#count(topic, { ...this.topic(topic), subscribers: 0 });
    this.#subscriptions.clear();
    this.#subscriptionsOf.clear();
    this.#agents.clear();
    this.#events.clear();
  }

  #apply(change: Change): void {
    switch (change.type) {
      case "put":
      case "lease":
        this.#replace(change.before, change.after);
        return;
      case "delete":
      case "expire":
        this.#replace(change.before, undefined);
        return;
      case "event":
        this.#events.set(change.event.id, change.event);
        this.counts.events++;
        return;
      case "subscribe":
      case "unsubscribe":
        for (const topic of change.topics)
          this.#subscribe(change.agent, topic, change.type === "subscribe");
        return;
      case "setPermissions": {
        const { subscriptions } = this.agent(change.agent);
        this.#agents.set(change.agent, { permissions: change.permissions, subscriptions });
        return;
      }
      case "topicDeleted":
        return;
    }
  }

  #replace(before: ItemRow | null, after: ItemRow | undefined): void {
    const key = (after ?? (before as ItemRow)).key;
    this.counts.bytes += bytesAdded(before, after ?? null);
    if (this.#usages.size > 0) {
      if (before !== null) this.#use(before, -1);
      if (after !== undefined) this.#use(after, 1);
    }
    this.#items.set(key, after);
    for (const topic of new Set([...(before?.topics ?? []), ...(after?.topics ?? [])]))
      this.#queues.get(topic)?.change(key, after);
    if (before !== null && after !== undefined && keepsRoute(before, after)) return;
    if (before !== null) this.#countItem(before, -1);
    if (after !== undefined) this.#countItem(after, 1);
  }

  #use(row: ItemRow, by: 1 | -1): void {
    const known = row.owner === null ? undefined : this.#usages.get(row.owner);
    if (known === undefined) return;
    const usage = { items: known.items + by, bytes: known.bytes + by * bytesOf(row) };
    this.#usages.set(row.owner as string, usage);
  }

  #countItem(row: ItemRow, by: 1 | -1): void {
    this.counts.items += by;
    if (row.global) this.counts.globals += by;
    for (const name of row.topics) {
      const counts = this.topic(name);
      this.#count(name, { ...counts, items: counts.items + by });
    }
  }

  #subscribe(agent: string, topic: string, isSubscribed: boolean): void {
    const by = isSubscribed ? 1 : -1;
    this.#subscriptions.set(edge(agent, topic), isSubscribed);
    this.#subscriptionsOf.delete(agent);
    const counts = this.topic(topic);
    this.#count(topic, { ...counts, subscribers: counts.subscribers + by });
    const facts = this.agent(agent);
    const subscriptions = facts.subscriptions + by;
    this.#agents.set(agent, { ...facts, subscriptions });
    if (facts.subscriptions === 0) this.counts.agents++;
    if (subscriptions === 0) this.counts.agents--;
  }

  #count(topic: string, counts: TopicCounts): void {
    const isThere = (each: TopicCounts): number => Number(each.items > 0 || each.subscribers > 0);
    this.counts.topics += isThere(counts) - isThere(this.topic(topic));
    this.#topics.set(topic, counts);
  }

  #answer<T>(need: FactRequest): T {
    const id = idOf(need);
    if (!this.#passing.has(id)) throw new MissingFact(need);
    return this.#passing.get(id) as T;
  }
}

/** Topics whose items become more or fewer by a change. */
export function recount(change: Change): readonly string[] {
  const before = "before" in change ? change.before : null;
  const after = "after" in change ? change.after : null;
  if (before !== null && after !== null && keepsRoute(before, after)) return [];
  return [...(before?.topics ?? []), ...(after?.topics ?? [])];
}

/** No name holds NUL. */
function edge(agent: string, topic: string): string {
  return `${agent}\0${topic}`;
}
