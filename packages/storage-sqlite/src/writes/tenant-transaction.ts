import {
  type AgentSighting,
  type Change,
  type Clock,
  type CountEffects,
  type Effects,
  effectsOf,
  type ItemEffect,
  itemEffect,
  type ItemRow,
  newRandomId,
  type Spending,
  type UnloggedUpdate,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import { SCRUB_BATCH, scrubSteps } from "./scrub.ts";
import { TenantFacts } from "./tenant-facts.ts";

/** A tenant in a write transaction: the facts, and how changes are written. */
export class TenantTransaction extends TenantFacts {
  readonly #name: string;
  #changed = false;
  #hasUnlogged = false;

  /** @param tenant Its id is 0 if the tenant does not exist yet. */
  constructor(tables: Tables, name: string, tenant: Tenant, clock: Clock) {
    super(tables, tenant, clock);
    this.#name = name;
  }

  /** Whether any commit was logged. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Whether anything was written; unlogged updates, sightings and counted usage are written without a log entry. */
  get hasWrites(): boolean {
    return this.#changed || this.#hasUnlogged || this.#hasCounted;
  }

  get #hasCounted(): boolean {
    return this.tenant.id !== 0 && this.usages.isNew;
  }

  /** Writes the changes of a commit at the next position, and appends them to the log. */
  apply(actor: string | null, changes: readonly Change[]): void {
    const { tables, tenant, now: at } = this;
    if (tenant.id === 0) tenant.id = tables.tenants.insert(this.#name, tenant.epoch);
    this.#changed = true;
    const header = { position: tenant.head + 1, commitId: newRandomId(), at, actor };
    tenant.head = header.position;
    tenant.headCommitId = header.commitId;
    tenant.now = at;
    tenant.logEntries += changes.length;
    this.#write(effectsOf(changes), header.position);
    for (const [index, change] of changes.entries())
      tables.log.append(tenant.id, header, index, change);
  }

  /** Writes rows that change without a log entry. */
  update(unlogged: readonly UnloggedUpdate[]): void {
    this.#hasUnlogged = true;
    for (const { before, after } of unlogged)
      this.writeItem(itemEffect(before, after, true), this.tenant.head);
  }

  /** Writes which agents became known or acted. */
  see(sightings: readonly AgentSighting[]): void {
    if (this.tenant.id === 0) return;
    this.#hasUnlogged = true;
    for (const sighting of sightings) {
      this.tables.agents.see(this.tenant.id, sighting, this.now);
      this.forgetAgent(sighting.agent);
    }
  }

  /** Writes what remains of the rate limits that a commit used. */
  spend(spent: readonly Spending[]): void {
    for (const { owner, allowance } of spent)
      this.tables.rates.set(this.tenant.id, owner, allowance);
  }

  /** Writes the rows that all commits of the transaction share. */
  finish(): void {
    if (this.#changed || this.#hasCounted) this.writeCounts();
  }

  protected writeCounts(): void {
    this.usages.write();
    this.tenant.topics += this.topics.write(this.tenant.id);
    this.tables.tenants.update(this.tenant);
  }

  #write(effects: Effects, position: number): void {
    const { tables, tenant } = this;
    for (const key of effects.expired) {
      if (tables.log.hasMoreValues(tenant.id, key, SCRUB_BATCH)) throw scrubSteps(this.#name, key);
      tables.log.scrub(tenant.id, key);
    }
    for (const effect of effects.items) this.writeItem(effect);
    this.addCounts(effects.counts);
    for (const event of effects.events) tables.events.add(tenant.id, event);
    for (const { agent, topic, isSubscribed } of effects.subscriptions)
      if (isSubscribed) this.#subscribe(agent, topic, position);
      else this.#unsubscribe(agent, topic, position);
    for (const { agent, permissions } of effects.permissions) {
      tables.agents.setPermissions(tenant.id, agent, permissions);
      this.forgetAgent(agent);
    }
    for (const { agent, card } of effects.cards) tables.agents.setCard(tenant.id, agent, card);
    for (const topic of effects.deletedTopics) this.deleteTopic(topic, position);
  }

  /** @param unloggedAt The head of the log if no entry has the change, otherwise null. */
  protected writeItem(effect: ItemEffect, unloggedAt: number | null = null): void {
    const { tables, tenant } = this;
    const { key, before, after, isLeaseOnly, enters, dequeues, enqueues } = effect;
    let id = 0;
    if (before === null) {
      id = tables.items.insert(tenant.id, after as ItemRow);
    } else {
      // Rows of queues and audiences contain the item's id.
      if (enters.length > 0 || dequeues.length > 0 || enqueues.length > 0)
        id = tables.items.idOf(tenant.id, key);
      if (after === null) tables.items.delete(tenant.id, key);
      else if (isLeaseOnly) tables.items.updateLease(tenant.id, after, unloggedAt);
      else tables.items.update(tenant.id, after);
    }
    tables.audiences.write(tenant.id, effect, id);
    tables.queue.write(tenant.id, effect, id);
    tables.dependencies.write(tenant.id, effect);
  }

  protected addCounts(counts: CountEffects): void {
    const { tenant } = this;
    tenant.items += counts.items;
    tenant.bytes += counts.bytes;
    tenant.globals += counts.globals;
    tenant.events += counts.events;
    for (const { name, items, subscribers } of counts.topics) {
      const topic = this.topics.of(tenant.id, name);
      topic.items += items;
      topic.subscribers += subscribers;
    }
    if (tenant.hasUsage) for (const added of counts.usage) this.usages.add(added.agent, added);
  }

  protected deleteTopic(topic: string, position: number): void {
    const { tables, tenant } = this;
    const { ended, lastOnes } = tables.subscriptions.endAll(tenant.id, topic, position);
    this.topics.of(tenant.id, topic).subscribers -= ended;
    tenant.agents -= lastOnes;
    tables.events.removeTopic(tenant.id, topic, position);
  }

  #subscribe(agent: string, topic: string, position: number): void {
    const { subscriptions } = this.tables;
    if (!subscriptions.hasAny(this.tenant.id, agent)) this.tenant.agents++;
    subscriptions.add(this.tenant.id, agent, topic, position);
  }

  #unsubscribe(agent: string, topic: string, position: number): void {
    const { subscriptions } = this.tables;
    subscriptions.end(this.tenant.id, agent, topic, position);
    if (!subscriptions.hasAny(this.tenant.id, agent)) this.tenant.agents--;
  }
}
