import type {
  AgentHolding,
  EventRow,
  LoadRequest,
  StoredEntry,
  RemovedEvent,
  TenantHeader,
  TenantRecord,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import { TenantTransaction } from "./tenant-transaction.ts";

const EVENTS_AT_ONCE = 100;

/** A tenant that is being loaded, in a write transaction. */
export class TenantLoader extends TenantTransaction {
  constructor(tables: Tables, name: string, tenant: Tenant) {
    super(tables, name, tenant, () => tenant.now);
  }

  load({ header, records, progress }: LoadRequest): void {
    const { tables, tenant } = this;
    // First of all: a removed event's id may be that of one that is loaded.
    this.#stand(header);
    // Then agents: what a line would end of theirs, they may have ended themselves before it.
    for (const record of records) if (record.type === "agent") this.#hold(record);
    for (const record of records) this.#load(record);
    this.writeCounts();
    tables.tenants.setFloors(tenant);
    tables.tenants.setLoading(tenant.id, progress);
  }

  #stand(header: TenantHeader): void {
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
      const events = tables.events.oldest(tenant.id, EVENTS_AT_ONCE);
      for (const event of events) {
        const { position, index } = event;
        if (position > to.position || (position === to.position && index > to.index)) return;
        tables.events.remove(tenant.id, event);
        tenant.events--;
      }
      if (events.length < EVENTS_AT_ONCE) return;
    }
  }

  #load(record: TenantRecord): void {
    const { tables, tenant } = this;
    switch (record.type) {
      case "agent":
        return;
      case "pastSubscription":
        tables.subscriptions.insertPast(tenant.id, record);
        return;
      case "item": {
        const before = this.item(record.key) ?? null;
        if (record.row !== null) this.change({ type: "put", before, after: record.row }, 0);
        else if (before !== null) this.change({ type: "delete", before }, 0);
        return;
      }
      case "event":
        this.#event(record.event);
        return;
      case "line":
        this.#line(record);
        return;
    }
  }

  #hold({ name, permissions, subscriptions }: AgentHolding): void {
    const { tables, tenant, topics } = this;
    const before = this.subscriptions(name);
    for (const topic of before) topics.of(tenant.id, topic).subscribers--;
    if (before.length > 0) tables.subscriptions.remove(tenant.id, name);
    for (const { topic, from } of subscriptions) {
      tables.subscriptions.add(tenant.id, name, topic, from);
      topics.of(tenant.id, topic).subscribers++;
    }
    tenant.agents += Math.sign(subscriptions.length) - Math.sign(before.length);
    tables.agents.setPermissions(tenant.id, name, permissions);
  }

  #event(event: EventRow): void {
    const { tables, tenant } = this;
    const before = tables.events.at(tenant.id, event);
    if (before === undefined) this.change({ type: "event", event }, event.position);
    else tables.events.reroute(tenant.id, before, event);
  }

  #line(line: StoredEntry): void {
    const { position, change } = line;
    this.tables.log.load(this.tenant.id, line);
    this.tenant.logEntries++;
    if (change.type === "topicDeleted") this.change(change, position);
  }
}
