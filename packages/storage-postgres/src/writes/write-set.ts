import {
  type AgentCard,
  type AgentSighting,
  type CommitHeader,
  type Change,
  type Effects,
  type EventRow,
  type FactCache,
  itemEffect,
  type Spending,
  type SubscriptionEffect,
  type UnloggedUpdate,
} from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Scalar } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { writeAgents, writeCards } from "./agent-writes.ts";
import { combineStatements } from "./combined-statements.ts";
import { insertEvents } from "./event-writes.ts";
import { ItemWrites } from "./item-writes.ts";
import { LogWrites } from "./log-writes.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";
import { writeTopics } from "./topic-writes.ts";
import { UsageWrites } from "./usage-writes.ts";

/** A subscription that begins or ends. */
interface SubscriptionChange extends SubscriptionEffect {
  readonly position: number;
}

/** Changes of a transaction's commits that the database does not have yet. Writes each table by few statements. */
export class WriteSet {
  readonly #tables: Tables;
  readonly #tenant: string;
  readonly #isCombined: boolean;
  readonly #items: ItemWrites;
  readonly #log: LogWrites;
  readonly #usages: UsageWrites;
  readonly #subscriptions = new Map<string, SubscriptionChange>();
  readonly #topics = new Set<string>();
  readonly #agents = new Set<string>();
  readonly #cards = new Map<string, AgentCard>();
  readonly #events: EventRow[] = [];

  /** @param isCombined whether statements are combined; on Citus each goes to the worker by itself */
  constructor(tables: Tables, tenant: string, isCombined: boolean) {
    this.#tables = tables;
    this.#tenant = tenant;
    this.#isCombined = isCombined;
    this.#items = new ItemWrites(tables, tenant, !isCombined);
    this.#log = new LogWrites(tables, tenant);
    this.#usages = new UsageWrites(tables, tenant);
  }

  get isEmpty(): boolean {
    return this.#log.isEmpty && this.#items.isEmpty && this.#agents.size === 0;
  }

  /** Whether the collected changes must be written before these, because both affect the same subscription. */
  collides({ subscriptions }: Effects): boolean {
    return subscriptions.some(({ agent, topic }) =>
      this.#subscriptions.has(subscriptionKey(agent, topic)),
    );
  }

  /** @param hasUsage whether the tenant counts what agents own */
  add(
    header: CommitHeader,
    changes: readonly Change[],
    { items, events, subscriptions, permissions, cards, deletedTopics, counts }: Effects,
    hasUsage: boolean,
  ): void {
    for (const item of items) this.#items.add(item);
    this.#events.push(...events);
    for (const effect of subscriptions) {
      const { agent, topic } = effect;
      const { position } = header;
      this.#subscriptions.set(subscriptionKey(agent, topic), { ...effect, position });
    }
    for (const { agent } of [...subscriptions, ...permissions, ...cards]) this.#agents.add(agent);
    for (const { agent, card } of cards) this.#cards.set(agent, card);
    for (const { name } of counts.topics) this.#topics.add(name);
    for (const topic of deletedTopics) this.#topics.add(topic);
    if (hasUsage) this.#usages.add(counts.usage);
    for (const [index, change] of changes.entries()) this.#log.add(header, index, change);
  }

  /** @param head the log's head */
  addUnlogged(unlogged: readonly UnloggedUpdate[], head: number): void {
    for (const { before, after } of unlogged)
      this.#items.add(itemEffect(before, after, true), head);
  }

  see(sightings: readonly AgentSighting[]): void {
    for (const { agent } of sightings) this.#agents.add(agent);
  }

  spend(spent: readonly Spending[]): void {
    this.#usages.spend(spent);
  }

  /** The calls that write all of it, and `last`. Counts come from the facts. */
  take(facts: FactCache, last: readonly Call[] = []): readonly Call[] {
    const usages = this.#usages.take();
    const scrubs = Object.values(this.#log.takeScrub() ?? {});
    const agents = this.#agentCalls(facts);
    const calls = [
      ...this.#items.take(),
      ...this.#membershipCalls(facts),
      ...insertEvents(this.#tables, this.#tenant, this.#events),
      ...this.#log.take(),
      ...usages.calls,
      ...last,
    ];
    for (const each of [this.#subscriptions, this.#topics]) each.clear();
    this.#events.length = 0;
    // Statements that must see each other's changes stay separate, and so do those of agents, which few commits have.
    const written = this.#isCombined ? combineStatements(this.#tables, calls) : calls;
    return [...scrubs, ...agents, ...written, ...usages.after];
  }

  #membershipCalls(facts: FactCache): Call[] {
    const tables = this.#tables;
    const changes = [...this.#subscriptions.values()];
    const rows = (isSubscribed: boolean): Scalar[][] =>
      changes
        .filter((each) => each.isSubscribed === isSubscribed)
        .map(({ agent, topic, position }) => [agent, topic, position]);
    const topics = [...this.#topics].map((name) => ({ name, ...facts.topic(name) }));
    return [
      ...rowCalls(tables.subscriptions.recordEnd, this.#tenant, rows(false)),
      ...rowCalls(tables.subscriptions.end, this.#tenant, rows(false)),
      ...insertCalls(tables.subscriptions.add, this.#tenant, rows(true)),
      ...writeTopics(this.#tables, this.#tenant, topics),
    ];
  }

  #agentCalls(facts: FactCache): Call[] {
    const agents = [...this.#agents].map((name) => ({ name, ...facts.agent(name) }));
    const cards = [...this.#cards];
    for (const each of [this.#agents, this.#cards]) each.clear();
    return [
      ...writeAgents(this.#tables, this.#tenant, agents),
      ...writeCards(this.#tables, this.#tenant, cards),
    ];
  }
}

function subscriptionKey(agent: string, topic: string): string {
  return `${agent}\0${topic}`;
}
