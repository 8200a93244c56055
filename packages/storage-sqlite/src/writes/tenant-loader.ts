import {
  type AgentHolding,
  countsOf,
  type EventRow,
  itemEffect,
  type LoadRequest,
  type RemovedEvent,
  type StoredEntry,
  type TenantHeader,
  type TenantRecord,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import { TenantTransaction } from "./tenant-transaction.ts";

const EVENT_BATCH = 100;

/** A tenant that is being loaded, in a write transaction. */
export class TenantLoader extends TenantTransaction {
  constructor(tables: Tables, name: string, tenant: Tenant) {
    super(tables, name, tenant, () => tenant.now);
  }

  load({ header, records, progress }: LoadRequest): void {
    const { tables, tenant } = this;
    // First: a record may have the id of an event that the header reports as removed.
    this.#loadHeader(header);
    // Then agents: a deleted topic must find the subscriptions that it ended, not older ones.
    for (const record of records) if (record.type === "agent") this.#loadAgent(record);
    for (const record of records) this.#loadRecord(record);
    this.writeCounts();
    tables.tenants.setFloors(tenant);
    tables.tenants.setLoading(tenant.id, progress);
  }

  #loadHeader(header: TenantHeader): void {
    const { tables, tenant } = this;
    const { id, floor, historyFloor } = tenant;
    if (header.historyFloor > historyFloor)
      tenant.logEntries -= tables.log.removeTo(id, header.historyFloor);
    if (header.floor > floor) {
      tenant.logEntries -= tables.log.removeExceptHistory(id, floor, header.floor);
      tables.subscriptions.removePast(id, header.floor);
    }
    if (header.lastRemovedEvent !== null) this.#removeEvents(header.lastRemovedEvent);
    Object.assign(tenant, header);
  }

  #removeEvents(to: RemovedEvent): void {
    const { tables, tenant } = this;
    for (;;) {
      const events = tables.events.oldest(tenant.id, EVENT_BATCH);
      for (const event of events) {
        const { position, index } = event;
        if (position > to.position || (position === to.position && index > to.index)) return;
        tables.events.remove(tenant.id, event);
        tenant.events--;
      }
      if (events.length < EVENT_BATCH) return;
    }
  }

  #loadRecord(record: TenantRecord): void {
    const { tables, tenant } = this;
    switch (record.type) {
      case "agent":
        return;
      case "pastSubscription":
        tables.subscriptions.insertPast(tenant.id, record);
        return;
      case "item": {
        const [before, after] = [this.item(record.key) ?? null, record.row];
        if (before === null && after === null) return;
        this.writeItem(itemEffect(before, after));
        this.addCounts(countsOf(before, after));
        return;
      }
      case "event":
        this.#loadEvent(record.event);
        return;
      case "entry":
        this.#loadEntry(record);
        return;
    }
  }

  #loadAgent({ name, permissions, card, subscriptions }: AgentHolding): void {
    const { tables, tenant, topics } = this;
    const before = this.subscriptions(name);
    for (const topic of before) topics.of(tenant.id, topic).subscribers--;
    if (before.length > 0) tables.subscriptions.removeAll(tenant.id, name);
    for (const { topic, from } of subscriptions) {
      tables.subscriptions.add(tenant.id, name, topic, from);
      topics.of(tenant.id, topic).subscribers++;
    }
    tenant.agents += Math.sign(subscriptions.length) - Math.sign(before.length);
    tables.agents.setPermissions(tenant.id, name, permissions);
    tables.agents.setCard(tenant.id, name, card);
    // Known, since it has something; when it was seen is not copied.
    if (permissions !== null || card !== null || subscriptions.length > 0)
      tables.agents.see(tenant.id, { agent: name, acted: false }, tenant.now);
  }

  #loadEvent(event: EventRow): void {
    const { tables, tenant } = this;
    const before = tables.events.at(tenant.id, event);
    if (before !== undefined) return tables.events.updateRoute(tenant.id, before, event);
    tables.events.add(tenant.id, event);
    tenant.events++;
  }

  #loadEntry(entry: StoredEntry): void {
    const { position, change } = entry;
    this.tables.log.load(this.tenant.id, entry);
    this.tenant.logEntries++;
    if (change.type === "topicDeleted") this.deleteTopic(change.topic, position);
  }
}
