import { type Allowance, FULL_AFTER_MS, type Spending } from "../limit/allowance.ts";
import { bytesOf, type Usage } from "../limit/usage.ts";
import type { Change } from "../log/change.ts";
import { newEpoch, newRandomId } from "../log/random-id.ts";
import { type QueueBucket, topicBucket } from "../route/audience-bucket.ts";
import type { EventRow } from "../model/event-row.ts";
import type { Facts, Sighting } from "../storage/facts.ts";
import { countsOf, effectsOf, itemEffect } from "../storage/effects.ts";
import { isExpired, type ItemRow } from "../model/item-row.ts";
import { ExpiredItems } from "../storage/expired-items.ts";
import type { AgentSighting, UnloggedUpdate } from "../storage/outcome.ts";
import type { AgentCard } from "../model/agent-card.ts";
import type { Permissions } from "../model/permissions.ts";
import type { AgentRecord, TopicRecord } from "../storage/query.ts";
import type { AgentHolding } from "../storage/tenant-record.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { type EventPosition, Events } from "./events.ts";
import { Items } from "./items.ts";
import { KeyTable } from "./key-table.ts";
import { Log } from "./log.ts";
import { SortedList } from "./sorted-list.ts";
import { Subscriptions } from "./subscriptions.ts";

/** One tenant in memory: the facts of its decisions, and how they change. */
export class TenantState implements Facts {
  readonly epoch: string;
  readonly #keys = new KeyTable();
  readonly items = new Items(this.#keys, (topic) => this.#updateTopic(topic));
  readonly events = new Events();
  readonly subscribed = new Subscriptions();
  readonly log = new Log(this.#keys);
  /** Names of topics that have an item or a subscriber. */
  readonly topics = new SortedList<string>(compareCodePoints);
  /** Names of agents that are known. */
  readonly agents = new SortedList<string>(compareCodePoints);
  readonly #permissions = new Map<string, Permissions>();
  readonly #cards = new Map<string, AgentCard>();
  readonly #sightings = new Map<string, Sighting>();
  readonly #allowances = new Map<string | null, Allowance>();
  /** The time of the commit that is being decided. */
  now = 0;
  /** The time of the last commit that changed anything. */
  recordedAt = 0;
  /** What the log looks up when it is read. */
  readonly lookup = {
    item: (key: string): ItemRow | undefined => this.items.get(key),
    event: (place: EventPosition): EventRow | undefined => this.events.at(place),
  };

  /** @param epoch empty for a tenant that does not exist */
  constructor(epoch: string = newEpoch()) {
    this.epoch = epoch;
  }

  get head(): number {
    return this.log.head;
  }

  item(key: string): ItemRow | undefined {
    return this.items.get(key);
  }

  permissions(agent: string): Permissions | null {
    return this.#permissions.get(agent) ?? null;
  }

  card(agent: string): AgentCard | null {
    return this.#cards.get(agent) ?? null;
  }

  sighting(agent: string): Sighting | undefined {
    return this.#sightings.get(agent);
  }

  subscriptions(agent: string): readonly string[] {
    return this.subscribed.of(agent);
  }

  isSubscribed(agent: string, topic: string): boolean {
    return this.subscribed.has(agent, topic);
  }

  subscribers(topic: string): number {
    return this.subscribed.subscribers(topic)?.size ?? 0;
  }

  event(id: string): EventRow | undefined {
    return this.events.get(id);
  }

  itemsOn(topic: string): number {
    return this.items.count(topic);
  }

  eventsOn(topic: string, most: number): number {
    return Math.min(most, this.events.count(topicBucket(topic)));
  }

  ready(queue: QueueBucket, skip: number, limit: number): readonly ItemRow[] {
    return this.items.ready(queue, this.now, skip, limit);
  }

  nextReadyAt(queue: QueueBucket): number | null {
    return this.items.nextReadyAt(queue, this.now);
  }

  dependents(keys: readonly string[]): readonly ItemRow[] {
    return this.items.dependents(keys);
  }

  dependentCount(key: string): number {
    return this.items.dependentCount(key);
  }

  page(of: { readonly topic: string } | "all", after: string, limit: number): readonly ItemRow[] {
    const source = this.items.source(of === "all" ? "all" : `t${of.topic}`);
    return source(after, limit).map((key) => this.items.get(key) as ItemRow);
  }

  expired(limit: number): readonly ItemRow[] {
    const rows: ItemRow[] = [];
    for (const row of this.items.expired(this.now)) {
      if (rows.push(row) >= limit) break;
    }
    return rows;
  }

  get usage(): Usage {
    return { items: this.items.size, bytes: this.items.bytes };
  }

  usageOf(agent: string): Usage {
    return this.items.usageOf(agent);
  }

  allowance(of: string | null): Allowance | undefined {
    return this.#allowances.get(of);
  }

  applyUnlogged(unlogged: readonly UnloggedUpdate[]): void {
    for (const { before, after } of unlogged) this.items.writeUnlogged(before, after, this.head);
  }

  /** Notes that agents became known, or acted. */
  see(sightings: readonly AgentSighting[]): void {
    for (const { agent, acted } of sightings) {
      const { firstSeen, lastSeen } = this.sighting(agent) ?? {
        firstSeen: this.now,
        lastSeen: null,
      };
      this.#sightings.set(agent, { firstSeen, lastSeen: acted ? this.now : lastSeen });
      this.#updateAgent(agent);
    }
  }

  /** Makes an agent known, as it was seen elsewhere. */
  setSighting(agent: string, sighting: Sighting): void {
    this.#sightings.set(agent, sighting);
    this.#updateAgent(agent);
  }

  /** Stores what a commit used of rates. */
  spend(spent: readonly Spending[]): void {
    for (const { owner, allowance } of spent) this.#allowances.set(owner, allowance);
  }

  /** Removes the allowances that are full again. */
  removeFullAllowances(now: number): void {
    for (const [of, { at }] of this.#allowances)
      if (at <= now - FULL_AFTER_MS) this.#allowances.delete(of);
  }

  /** The items that are expired and not swept yet. */
  expiredItems(now: number): ExpiredItems {
    const rows = [...this.items.expired(now)];
    return new ExpiredItems(
      rows.map((row) => ({ topics: row.topics, global: row.global, bytes: bytesOf(row) })),
    );
  }

  /** Topics of these names that exist, without their expired items. */
  *topicRecords(names: Iterable<string>, now: number): Generator<TopicRecord> {
    const expired = this.expiredItems(now);
    for (const name of names) {
      const counted = {
        name,
        items: this.items.count(name),
        subscribers: this.subscribers(name),
      };
      const record = expired.without(counted);
      if (record.items > 0 || record.subscribers > 0) yield record;
    }
  }

  /** Applies changes at the next position. */
  apply(by: string | null, changes: readonly Change[]): void {
    const position = this.log.head + 1;
    this.recordedAt = this.now;
    this.log.append({ position, commitId: newRandomId(), at: this.now, actor: by }, changes);
    const effects = effectsOf(changes);
    for (const effect of effects.items) this.items.write(effect);
    this.items.addCounts(effects.counts);
    for (const event of effects.events) this.events.add(event);
    for (const { agent, topic, isSubscribed } of effects.subscriptions) {
      if (isSubscribed) this.subscribed.add(agent, topic, position);
      else this.subscribed.delete(agent, topic, position);
      this.#updateTopic(topic);
      this.#updateAgent(agent);
    }
    for (const { agent, permissions } of effects.permissions)
      this.#setPermissions(agent, permissions);
    for (const { agent, card } of effects.cards) this.#setCard(agent, card);
    for (const topic of effects.deletedTopics) this.removeTopic(topic, position);
  }

  /** Replaces an item by that of another storage, without a log entry. */
  replaceItem(key: string, after: ItemRow | null): void {
    const before = this.items.get(key) ?? null;
    if (before === null && after === null) return;
    this.items.write(itemEffect(before, after));
    this.items.addCounts(countsOf(before, after));
  }

  #setPermissions(agent: string, permissions: Permissions | null): void {
    if (permissions === null) this.#permissions.delete(agent);
    else this.#permissions.set(agent, permissions);
    this.#updateAgent(agent);
  }

  #setCard(agent: string, card: AgentCard | null): void {
    if (card === null) this.#cards.delete(agent);
    else this.#cards.set(agent, card);
    this.#updateAgent(agent);
  }

  /** Ends subscriptions to a topic that began before a position, and removes it from events before the position. */
  removeTopic(topic: string, position: number): void {
    for (const agent of Array.from(this.subscribed.subscribers(topic) ?? [])) {
      if (!this.subscribed.isFromBefore(agent, topic, position)) continue;
      this.subscribed.delete(agent, topic, position);
      this.#updateAgent(agent);
    }
    this.events.removeTopic(topic, position);
    this.#updateTopic(topic);
  }

  /** With the current subscriptions, or those after the commit at a position. */
  agentRecord(name: string, now: number, at?: number): AgentRecord {
    const { subscribed } = this;
    const subscriptions = at === undefined ? subscribed.of(name) : subscribed.ofAt(name, at);
    return {
      name,
      subscriptions,
      permissions: this.permissions(name),
      card: this.card(name),
      sighting: this.sighting(name) ?? null,
      leases: this.items.leasesOf(name, now),
    };
  }

  /** Names of agents that hold anything but sightings, from one on. */
  *agentsHolding(from: string | undefined): Generator<string> {
    for (const name of this.agents.from(from)) if (this.#isHolding(name)) yield name;
  }

  #isHolding(name: string): boolean {
    return this.#permissions.has(name) || this.#cards.has(name) || this.subscribed.hasAny(name);
  }

  agentHolding(name: string): AgentHolding {
    const subscriptions = this.subscribed.since(name);
    return {
      type: "agent",
      name,
      permissions: this.permissions(name),
      card: this.card(name),
      subscriptions,
    };
  }

  setAgent({ name, permissions, card, subscriptions }: AgentHolding): void {
    const before = this.subscribed.of(name);
    this.subscribed.set(name, new Map(subscriptions.map(({ topic, from }) => [topic, from])));
    for (const topic of before) this.#updateTopic(topic);
    for (const { topic } of subscriptions) this.#updateTopic(topic);
    this.#setPermissions(name, permissions);
    this.#setCard(name, card);
    // Known, since it has something; when it was seen is not copied.
    if (this.#isHolding(name) && !this.#sightings.has(name))
      this.#sightings.set(name, { firstSeen: this.recordedAt, lastSeen: null });
  }

  /** Adds or removes a topic when it gets its first item or subscriber, or loses its last. */
  #updateTopic(topic: string): void {
    if (this.items.count(topic) > 0 || this.subscribers(topic) > 0) this.topics.add(topic);
    else this.topics.delete(topic);
  }

  #updateAgent(name: string): void {
    if (this.#sightings.has(name) || this.#isHolding(name)) this.agents.add(name);
    else this.agents.delete(name);
  }

  liveItem(key: string, now: number): ItemRow | undefined {
    const row = this.items.get(key);
    return row === undefined || isExpired(row, now) ? undefined : row;
  }
}
