import { type Allowance, FULL_AFTER_MS, type Spending } from "../limit/allowance.ts";
import { bytesOf, type Usage } from "../limit/usage.ts";
import type { Change } from "../log/change.ts";
import { newEpoch, newRandomId } from "../log/random-id.ts";
import { topicBucket } from "../route/audience-bucket.ts";
import type { EventRow } from "../model/event-row.ts";
import type { Facts } from "../storage/facts.ts";
import { countsOf, effectsOf, itemEffect } from "../storage/effects.ts";
import { isExpired, type ItemRow } from "../model/item-row.ts";
import { ExpiredItems } from "../storage/expired-items.ts";
import type { LeaseExtension } from "../storage/outcome.ts";
import type { Permissions } from "../model/permissions.ts";
import type { AgentRecord, TopicRecord } from "../storage/query.ts";
import type { AgentHolding } from "../storage/tenant-record.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { type EventPlace, Events } from "./events.ts";
import { Items } from "./items.ts";
import { KeyTable } from "./key-table.ts";
import { Log } from "./log.ts";
import { SortedList } from "./sorted-list.ts";
import { Subscriptions } from "./subscriptions.ts";

/** All of one tenant: what decisions rest on, and how a change changes it. */
export class TenantState implements Facts {
  readonly epoch: string;
  readonly #keys = new KeyTable();
  readonly items = new Items(this.#keys, (topic) => this.#note(topic));
  readonly events = new Events();
  readonly subscribed = new Subscriptions();
  readonly log = new Log(this.#keys);
  /** Names of topics that have an item or a subscriber. */
  readonly topics = new SortedList<string>(compareCodePoints);
  /** Names of agents that have permissions or a subscription. */
  readonly agents = new SortedList<string>(compareCodePoints);
  readonly #permissions = new Map<string, Permissions>();
  readonly #allowances = new Map<string | null, Allowance>();
  /** The time for the commit that is being decided. */
  now = 0;
  /** The latest time that a commit recorded; what was refused or changed nothing records none. */
  recordedAt = 0;
  /** What the log looks up when it is read. */
  readonly lookup = {
    item: (key: string): ItemRow | undefined => this.items.get(key),
    event: (place: EventPlace): EventRow | undefined => this.events.at(place),
  };

  /** An empty epoch is that of a tenant that does not exist. */
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

  ready(topic: string, skip: number, limit: number): readonly ItemRow[] {
    return this.items.ready(topic, this.now, skip, limit);
  }

  nextReadyAt(topic: string): number | null {
    return this.items.nextReadyAt(topic, this.now);
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

  /** Moves the ends of leases. */
  extend(extended: readonly LeaseExtension[]): void {
    for (const { before, after } of extended) this.items.extend(before, after, this.head);
  }

  /** Keeps what a commit took of rates. */
  spend(spent: readonly Spending[]): void {
    for (const { of, allowance } of spent) this.#allowances.set(of, allowance);
  }

  /** Forgets the allowances that are whole again. */
  forgetAllowances(now: number): void {
    for (const [of, { at }] of this.#allowances)
      if (at <= now - FULL_AFTER_MS) this.#allowances.delete(of);
  }

  /** What is expired and not swept yet. */
  expiredItems(now: number): ExpiredItems {
    const rows = [...this.items.expired(now)];
    return new ExpiredItems(
      rows.map((row) => ({ topics: row.topics, global: row.global, bytes: bytesOf(row) })),
    );
  }

  /** Topics of these names, as far as they are there, without their expired items. */
  *topicRecords(names: Iterable<string>, now: number): Generator<TopicRecord> {
    const lapsed = this.expiredItems(now);
    for (const name of names) {
      const counted = {
        name,
        items: this.items.count(name),
        subscribers: this.subscribers(name),
      };
      const record = lapsed.without(counted);
      if (record.items > 0 || record.subscribers > 0) yield record;
    }
  }

  /** Makes changes true, at the next position. */
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
      this.#note(topic);
      this.#noteAgent(agent);
    }
    for (const { agent, permissions } of effects.permissions)
      this.#setPermissions(agent, permissions);
    for (const topic of effects.deletedTopics) this.removeTopic(topic, position);
  }

  /** Replaces an item by that of another storage, and logs nothing. */
  replaceItem(key: string, after: ItemRow | null): void {
    const before = this.items.get(key) ?? null;
    if (before === null && after === null) return;
    this.items.write(itemEffect(before, after));
    this.items.addCounts(countsOf(before, after));
  }

  #setPermissions(agent: string, permissions: Permissions | null): void {
    if (permissions === null) this.#permissions.delete(agent);
    else this.#permissions.set(agent, permissions);
    this.#noteAgent(agent);
  }

  /** Ends subscriptions to a topic, and takes it off events, as far as they are from before a position. */
  removeTopic(topic: string, position: number): void {
    for (const agent of Array.from(this.subscribed.subscribers(topic) ?? [])) {
      if (!this.subscribed.isFromBefore(agent, topic, position)) continue;
      this.subscribed.delete(agent, topic, position);
      this.#noteAgent(agent);
    }
    this.events.untopic(topic, position);
    this.#note(topic);
  }

  /** With what it is subscribed to now, or was after the commit at a position. */
  agentRecord(name: string, at?: number): AgentRecord {
    const { subscribed } = this;
    const subscriptions = at === undefined ? subscribed.of(name) : subscribed.ofAt(name, at);
    return { name, subscriptions, permissions: this.permissions(name) };
  }

  holdingOf(name: string): AgentHolding {
    const subscriptions = this.subscribed.since(name);
    return { type: "agent", name, permissions: this.permissions(name), subscriptions };
  }

  hold({ name, permissions, subscriptions }: AgentHolding): void {
    const before = this.subscribed.of(name);
    this.subscribed.set(name, new Map(subscriptions.map(({ topic, from }) => [topic, from])));
    for (const topic of before) this.#note(topic);
    for (const { topic } of subscriptions) this.#note(topic);
    this.#setPermissions(name, permissions);
  }

  /** Keeps the list of topics to those that are there: for when a topic's first item or subscriber comes, or its last goes. */
  #note(topic: string): void {
    if (this.items.count(topic) > 0 || this.subscribers(topic) > 0) this.topics.add(topic);
    else this.topics.delete(topic);
  }

  #noteAgent(name: string): void {
    const isThere = this.#permissions.has(name) || this.subscribed.hasAny(name);
    if (isThere) this.agents.add(name);
    else this.agents.delete(name);
  }

  live(key: string, now: number): ItemRow | undefined {
    const row = this.items.get(key);
    return row === undefined || isExpired(row, now) ? undefined : row;
  }
}
