import {
  checkPosition,
  type DumpPage,
  type DumpRange,
  type DumpRequest,
  firstName,
  type StoredEntry,
  afterPosition,
  type TenantHeader,
  type TenantRecord,
  toEntryRecord,
  changedRecords,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import { logFacts } from "./positions.ts";

/** A page of a tenant's records; the tenant may be one that is being loaded. */
export function dump(tables: Tables, request: DumpRequest): DumpPage {
  const loading = tables.tenants.findLoading(request.tenantId);
  const tenant = loading?.tenant ?? tables.tenants.find(request.tenantId);
  if (tenant === undefined) return { header: null, loading: null, records: [], isLast: true };
  const page = records(tables, tenant, request, request.limit);
  return { header: headerOf(tenant), loading: loading?.loading ?? null, ...page };
}

function headerOf(tenant: Tenant): TenantHeader {
  const { epoch, head, headCommitId, floor, floorCommitId, floorEntries } = tenant;
  const { historyFloor, lastRemovedEvent, now } = tenant;
  const floors = { floor, floorCommitId, floorEntries, historyFloor };
  return { epoch, head, headCommitId, ...floors, lastRemovedEvent, now };
}

function records(
  tables: Tables,
  tenant: Tenant,
  range: DumpRange,
  limit: number,
): Pick<DumpPage, "records" | "isLast"> {
  const { id } = tenant;
  const most = limit + 1;
  switch (range.section) {
    case "agents": {
      const names = tables.agents.holders(id, firstName("", range.after), most);
      return pageOf(names, limit, (name) => agentRecord(tables, id, name));
    }
    case "pastSubscriptions": {
      const { after = { agent: "", until: 0, topic: "" } } = range;
      return pageOf(tables.subscriptions.past(id, after, most), limit, (record) => record);
    }
    case "items": {
      const rows = tables.items.page(id, range.after ?? "", most);
      return pageOf(rows, limit, (row) => ({ type: "item", key: row.key, row }));
    }
    case "events": {
      const events = tables.events.page(id, range.after ?? START, most);
      return pageOf(events, limit, (event) => ({ type: "event", event }));
    }
    case "log":
      return pageOf(tables.log.stored(id, range.after ?? START, most), limit, toEntryRecord);
    case "changes": {
      checkPosition(range.after, logFacts(tables.log, tenant));
      const stored = tables.log.stored(id, afterPosition(range.after), most);
      const { records: entries, isLast } = pageOf(stored, limit, toEntryRecord);
      const changed = changedSince(tables, id, entries, range.after.position);
      return { records: [...entries, ...changed], isLast };
    }
  }
}

const START = { position: -1, index: 0 };

/** The current records of what the entries changed. */
function* changedSince(
  tables: Tables,
  tenant: number,
  entries: readonly StoredEntry[],
  since: number,
): Generator<TenantRecord> {
  const { agents, keys, events } = changedRecords(
    entries,
    tables.items.unloggedSince(tenant, since),
  );
  for (const agent of agents) {
    yield agentRecord(tables, tenant, agent);
    yield* tables.subscriptions.endedSince(tenant, agent, since);
  }
  for (const key of keys) yield { type: "item", key, row: tables.items.find(tenant, key) ?? null };
  for (const position of events) {
    const event = tables.events.at(tenant, position);
    if (event !== undefined) yield { type: "event", event };
  }
}

function agentRecord(tables: Tables, tenant: number, name: string): TenantRecord {
  return {
    type: "agent",
    name,
    permissions: tables.agents.find(tenant, name).permissions,
    card: tables.agents.card(tenant, name),
    subscriptions: tables.subscriptions.since(tenant, name),
  };
}

/** From rows read with a limit of one more than the page. */
function pageOf<T, R extends TenantRecord>(
  rows: readonly T[],
  limit: number,
  toRecord: (row: T) => R,
): { readonly records: readonly R[]; readonly isLast: boolean } {
  const records = rows.slice(0, limit).map(toRecord);
  return { records, isLast: rows.length <= limit };
}
