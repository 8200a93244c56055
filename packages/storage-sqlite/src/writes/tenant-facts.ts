import {
  type AgentCard,
  type Allowance,
  type Clock,
  type EventRow,
  type Facts,
  type ItemRow,
  type Permissions,
  type QueueBucket,
  type Sighting,
  topicBucket,
  type Usage,
} from "@syntha/core/storage";
import type { AgentRow } from "../tables/agents.ts";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import { TopicCounts } from "./topic-counts.ts";
import { UsageCounts } from "./usage-counts.ts";

/** The facts that decisions about a tenant depend on, read inside the write transaction. */
export class TenantFacts implements Facts {
  readonly tables: Tables;
  readonly tenant: Tenant;
  readonly topics: TopicCounts;
  readonly usages: UsageCounts;
  readonly #clock: Clock;
  /** Rows of agents that were read: a push needs the permissions and the sighting of its actor. */
  readonly #agents = new Map<string, AgentRow>();
  /** The tenant's time for the current commit. */
  now = 0;

  constructor(tables: Tables, tenant: Tenant, clock: Clock) {
    this.tables = tables;
    this.tenant = tenant;
    this.topics = new TopicCounts(tables.topics);
    this.usages = new UsageCounts(tables.usage, tenant);
    this.#clock = clock;
    this.tick();
  }

  /** Reads the clock for the next commit. */
  tick(): void {
    this.now = Math.max(this.#clock(), this.tenant.now);
  }

  get epoch(): string {
    return this.tenant.epoch;
  }

  get head(): number {
    return this.tenant.head;
  }

  item(key: string): ItemRow | undefined {
    return this.tables.items.find(this.tenant.id, key);
  }

  permissions(agent: string): Permissions | null {
    return this.#agent(agent).permissions;
  }

  sighting(agent: string): Sighting | undefined {
    return this.#agent(agent).sighting;
  }

  card(agent: string): AgentCard | null {
    return this.tables.agents.card(this.tenant.id, agent);
  }

  subscriptions(agent: string): readonly string[] {
    return this.tables.subscriptions.of(this.tenant.id, agent);
  }

  isSubscribed(agent: string, topic: string): boolean {
    return this.tables.subscriptions.has(this.tenant.id, agent, topic);
  }

  subscribers(topic: string): number {
    return this.topics.of(this.tenant.id, topic).subscribers;
  }

  event(id: string): EventRow | undefined {
    return this.tables.events.find(this.tenant.id, id);
  }

  itemsOn(topic: string): number {
    return this.topics.of(this.tenant.id, topic).items;
  }

  eventsOn(topic: string, most: number): number {
    return this.tables.events.count(this.tenant.id, topicBucket(topic), most);
  }

  ready(queue: QueueBucket, skip: number, limit: number): readonly ItemRow[] {
    return this.tables.queue.ready(this.tenant.id, queue, this.now, skip, limit);
  }

  nextReadyAt(queue: QueueBucket): number | null {
    return this.tables.queue.nextReadyAt(this.tenant.id, queue, this.now);
  }

  dependents(keys: readonly string[]): readonly ItemRow[] {
    return this.tables.dependencies.dependents(this.tenant.id, keys);
  }

  dependentCount(key: string): number {
    return this.tables.dependencies.count(this.tenant.id, key);
  }

  page(of: { readonly topic: string } | "all", after: string, limit: number): readonly ItemRow[] {
    return of === "all"
      ? this.tables.items.page(this.tenant.id, after, limit)
      : this.tables.audiences.page(this.tenant.id, topicBucket(of.topic), after, limit);
  }

  expired(limit: number): readonly ItemRow[] {
    return this.tables.items.expired(this.tenant.id, this.now, limit);
  }

  get usage(): Usage {
    return this.tenant;
  }

  usageOf(agent: string): Usage {
    return this.usages.of(agent);
  }

  allowance(of: string | null): Allowance | undefined {
    return this.tables.rates.find(this.tenant.id, of);
  }

  /** Reads an agent's row again after a write. */
  protected forgetAgent(agent: string): void {
    this.#agents.delete(agent);
  }

  #agent(name: string): AgentRow {
    let row = this.#agents.get(name);
    if (row === undefined)
      this.#agents.set(name, (row = this.tables.agents.find(this.tenant.id, name)));
    return row;
  }
}
