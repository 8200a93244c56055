import {
  bytesAdded,
  type Change,
  type Clock,
  type ItemRow,
  keepsRoute,
  type LeaseExtension,
  newRandomId,
  type Spending,
} from "@syntha/core/storage";
import { keepsQueuePosition } from "../tables/queue.ts";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import { SCRUB_BATCH, scrubSteps } from "./scrub.ts";
import { TenantFacts } from "./tenant-facts.ts";

/** A tenant in a write transaction: the facts, and how a change changes them. */
export class TenantTransaction extends TenantFacts {
  readonly #name: string;
  #changed = false;
  #extended = false;

  /** @param tenant Of one that does not exist yet, the id is 0. */
  constructor(tables: Tables, name: string, tenant: Tenant, clock: Clock) {
    super(tables, tenant, clock);
    this.#name = name;
  }

  /** Whether any commit logged anything. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Whether there is anything to keep, be it only what agents own or when a lease ends. */
  get hasWrites(): boolean {
    return this.#changed || this.#extended || this.#hasCounted;
  }

  get #hasCounted(): boolean {
    return this.tenant.id !== 0 && this.usages.isNew;
  }

  /** Makes changes true, at the next position, and appends them to the log. */
  apply(by: string | null, changes: readonly Change[]): void {
    const { tenant } = this;
    if (tenant.id === 0) tenant.id = this.tables.tenants.insert(this.#name, tenant.epoch);
    this.#changed = true;
    const line = { position: tenant.head + 1, commitId: newRandomId(), at: this.now, actor: by };
    tenant.head = line.position;
    tenant.headCommitId = line.commitId;
    tenant.now = this.now;
    tenant.logEntries += changes.length;
    for (const [index, change] of changes.entries()) {
      this.change(change, line.position);
      this.tables.log.append(tenant.id, line, index, change);
    }
  }

  /** Moves the ends of leases. */
  extend(extended: readonly LeaseExtension[]): void {
    this.#extended = true;
    for (const { before, after } of extended) this.#lease(before, after, this.tenant.head);
  }

  /** Keeps what a commit took of rates. */
  spend(spent: readonly Spending[]): void {
    for (const { of, allowance } of spent) this.tables.rates.set(this.tenant.id, of, allowance);
  }

  /** Writes what is written once for all commits of the transaction. */
  finish(): void {
    if (this.#changed || this.#hasCounted) this.writeCounts();
  }

  protected writeCounts(): void {
    this.usages.write();
    this.tenant.topics += this.topics.write(this.tenant.id);
    this.tables.tenants.update(this.tenant);
  }

  /** Makes one change true, and logs nothing. */
  protected change(change: Change, position: number): void {
    const { tables, tenant } = this;
    switch (change.type) {
      case "put":
        if (change.before === null) this.#create(change.after);
        else this.#replace(change.before, change.after);
        return;
      case "lease":
        this.#lease(change.before, change.after, null);
        return;
      case "expire":
        if (tables.log.hasMoreValues(tenant.id, change.before.key, SCRUB_BATCH))
          throw scrubSteps(this.#name, change.before.key);
        tables.log.scrub(tenant.id, change.before.key);
        this.#remove(change.before);
        return;
      case "delete":
        this.#remove(change.before);
        return;
      case "event":
        tables.events.add(tenant.id, change.event);
        tenant.events++;
        return;
      case "subscribe":
        for (const topic of change.topics) this.#subscribe(change.agent, topic, position);
        return;
      case "unsubscribe":
        for (const topic of change.topics) this.#unsubscribe(change.agent, topic, position);
        return;
      case "setPermissions":
        tables.agents.setPermissions(tenant.id, change.agent, change.permissions);
        return;
      case "topicDeleted":
        this.#deleteTopic(change.topic, position);
        return;
    }
  }

  #create(row: ItemRow): void {
    const { tables, tenant } = this;
    const id = tables.items.insert(tenant.id, row);
    tables.audiences.add(tenant.id, row, id);
    tables.queue.add(tenant.id, row, id);
    this.#count(row, 1);
    this.#addBytes(null, row);
  }

  #replace(before: ItemRow, after: ItemRow): void {
    const { tables, tenant } = this;
    tables.items.update(tenant.id, after);
    this.#addBytes(before, after);
    const staysInQueue = keepsQueuePosition(before, after);
    const staysInSight = keepsRoute(before, after) && before.owner === after.owner;
    if (staysInQueue && staysInSight) return;
    const id = tables.items.idOf(tenant.id, after.key);
    if (!staysInQueue) tables.queue.update(tenant.id, before, after, id);
    if (staysInSight) return;
    tables.audiences.update(tenant.id, before, after, id);
    this.#count(before, -1);
    this.#count(after, 1);
  }

  #lease(before: ItemRow, after: ItemRow, extended: number | null): void {
    const { tables, tenant } = this;
    tables.items.updateLease(tenant.id, after, extended);
    if (keepsQueuePosition(before, after)) return;
    const id = tables.items.idOf(tenant.id, after.key);
    tables.queue.update(tenant.id, before, after, id);
  }

  #remove(row: ItemRow): void {
    const { tables, tenant } = this;
    if (row.readyAt !== null && row.topics.length > 0)
      tables.queue.remove(tenant.id, row, tables.items.idOf(tenant.id, row.key));
    tables.audiences.remove(tenant.id, row);
    tables.items.delete(tenant.id, row.key);
    this.#count(row, -1);
    this.#addBytes(row, null);
  }

  #count(row: ItemRow, by: 1 | -1): void {
    const { tenant } = this;
    tenant.items += by;
    if (row.global) tenant.globals += by;
    for (const topic of row.topics) this.topics.of(tenant.id, topic).items += by;
  }

  #addBytes(before: ItemRow | null, after: ItemRow | null): void {
    this.tenant.bytes += bytesAdded(before, after);
    if (this.tenant.hasUsage) this.usages.replace(before, after);
  }

  #subscribe(agent: string, topic: string, position: number): void {
    const { tables, tenant } = this;
    const isFirst = !tables.subscriptions.hasAny(tenant.id, agent);
    if (!tables.subscriptions.add(tenant.id, agent, topic, position)) return;
    this.topics.of(tenant.id, topic).subscribers++;
    if (isFirst) tenant.agents++;
  }

  #unsubscribe(agent: string, topic: string, position: number): void {
    const { tables, tenant } = this;
    if (!tables.subscriptions.end(tenant.id, agent, topic, position)) return;
    this.topics.of(tenant.id, topic).subscribers--;
    if (!tables.subscriptions.hasAny(tenant.id, agent)) tenant.agents--;
  }

  #deleteTopic(topic: string, position: number): void {
    const { tables, tenant } = this;
    const { ended, lastOnes } = tables.subscriptions.endAll(tenant.id, topic, position);
    this.topics.of(tenant.id, topic).subscribers -= ended;
    tenant.agents -= lastOnes;
    tables.events.removeTopic(tenant.id, topic, position);
  }
}
