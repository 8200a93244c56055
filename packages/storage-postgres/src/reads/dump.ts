import {
  afterPosition,
  changedRecords,
  checkPosition,
  type DumpPage,
  type DumpRange,
  type DumpRequest,
  type LogPosition,
  type PastSubscription,
  type StoredEntry,
  type TenantHeader,
  type TenantRecord,
  toEntryRecord,
} from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { type Answer, type Call, call, type Row } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import { toCard, toPermissions } from "../tables/agents.ts";
import { toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { toItem } from "../tables/items.ts";
import { toStoredEntry } from "../tables/log.ts";
import { type Tenant, toTenant } from "../tables/tenants.ts";
import { logFacts } from "./positions.ts";

/** A page of a tenant's records, also of a tenant that is being loaded. */
export function dump(
  connections: Connections,
  tables: Tables,
  request: DumpRequest,
): Promise<DumpPage> {
  return connections.reading(request.tenantId, async (transaction) => {
    const [found, page, commitId, unlogged] = (await transaction.run([
      call(tables.tenants.findAny, request.tenantId),
      pageCall(tables, request),
      ...(request.section === "changes"
        ? changesCalls(tables, request.tenantId, request.after)
        : []),
    ])) as [Answer, Answer, Answer | undefined, Answer | undefined];
    const [row] = found.rows;
    if (row === undefined) return { header: null, loading: null, records: [], isLast: true };
    const tenant = toTenant(row);
    if (request.section === "changes") {
      const { after } = request;
      checkPosition(after, logFacts(tenant, after.position, commitId));
    }
    const keys = unlogged?.rows.map(([key]) => key as string) ?? [];
    const reading = new DumpReading(tables, request.tenantId, transaction, keys);
    return {
      header: headerOf(tenant),
      loading: tenant.loading,
      records: await reading.records(request, page.rows.slice(0, request.limit)),
      isLast: page.rows.length <= request.limit,
    };
  });
}

function headerOf(tenant: Tenant): TenantHeader {
  const { epoch, head, headCommitId, floor, floorCommitId, floorEntries } = tenant;
  const { historyFloor, removedEvent: lastRemovedEvent, now } = tenant;
  const floors = { floor, floorCommitId, floorEntries, historyFloor };
  return { epoch, head, headCommitId, ...floors, lastRemovedEvent, now };
}

const START = { position: -1, index: 0 };

/** What decides whether the position is still in the log, and the items that changed after it without a log entry. */
function changesCalls(tables: Tables, tenant: string, { position }: LogPosition): Call[] {
  return [
    call(tables.log.commitIdAt, tenant, position),
    call(tables.items.unloggedSince, tenant, position),
  ];
}

/** The rows of the page and one more. */
function pageCall(tables: Tables, { tenantId: tenant, limit, ...range }: DumpRequest): Call {
  const maxRows = limit + 1;
  switch (range.section) {
    case "agents":
      return call(tables.agents.holdingsPage, tenant, range.after ?? "", maxRows);
    case "pastSubscriptions": {
      const { agent, until, topic } = range.after ?? { agent: "", until: 0, topic: "" };
      return call(tables.subscriptions.pastPage, tenant, agent, until, topic, maxRows);
    }
    case "items":
      return call(tables.items.page, tenant, range.after ?? "", maxRows);
    case "events": {
      const { position, index } = range.after ?? START;
      return call(tables.events.all, tenant, position, index, maxRows);
    }
    case "log": {
      const { position, index } = range.after ?? START;
      return call(tables.log.stored, tenant, position, index, maxRows);
    }
    case "changes": {
      const { position, index } = afterPosition(range.after);
      return call(tables.log.stored, tenant, position, index, maxRows);
    }
  }
}

/** Reads the records of a page, from the same snapshot. */
class DumpReading {
  readonly #tables: Tables;
  readonly #name: string;
  readonly #transaction: Transaction;
  readonly #unlogged: readonly string[];

  constructor(tables: Tables, name: string, transaction: Transaction, unlogged: readonly string[]) {
    this.#unlogged = unlogged;
    this.#tables = tables;
    this.#name = name;
    this.#transaction = transaction;
  }

  async records(range: DumpRange, rows: readonly Row[]): Promise<readonly TenantRecord[]> {
    switch (range.section) {
      case "agents":
        return this.#holdings(rows);
      case "pastSubscriptions":
        return rows.map(toPast);
      case "items":
        return rows.map((row) => ({ type: "item", key: row[0] as string, row: toItem(row) }));
      case "events":
        return rows.map((row) => ({ type: "event", event: toEvent(row) }));
      case "log":
        return rows.map((row) => toEntryRecord(toStoredEntry(row)));
      case "changes": {
        const entries = rows.map(toStoredEntry);
        return [
          ...entries.map(toEntryRecord),
          ...(await this.#changedBy(entries, range.after.position)),
        ];
      }
    }
  }

  async #holdings(agents: readonly Row[]): Promise<readonly TenantRecord[]> {
    const names = agents.map(([name]) => name as string);
    const subscriptions = await this.#transaction.one(
      call(this.#tables.subscriptions.of, this.#name, names),
    );
    const holdingOf = holdings(agents, subscriptions.rows);
    return names.map(holdingOf);
  }

  async #changedBy(
    entries: readonly StoredEntry[],
    since: number,
  ): Promise<readonly TenantRecord[]> {
    const tables = this.#tables;
    const { agents, keys, events } = changedRecords(entries, this.#unlogged);
    const positions = [events.map(({ position }) => position), events.map(({ index }) => index)];
    const answers = await this.#transaction.run([
      call(tables.agents.holdingsOf, this.#name, agents),
      call(tables.subscriptions.of, this.#name, agents),
      call(tables.subscriptions.pastOf, this.#name, agents, since),
      call(tables.items.byKeys, this.#name, keys),
      call(tables.events.at, this.#name, ...positions),
    ]);
    const [known, subscriptions, ended, items, storedEvents] = answers.map(({ rows }) => rows) as [
      readonly Row[],
      readonly Row[],
      readonly Row[],
      readonly Row[],
      readonly Row[],
    ];
    const holdingOf = holdings(known, subscriptions);
    const past = Map.groupBy(ended.map(toPast), ({ agent }) => agent);
    const rowOf = new Map(items.map((row) => [row[0] as string, toItem(row)]));
    return [
      ...agents.flatMap((agent) => [holdingOf(agent), ...(past.get(agent) ?? [])]),
      ...keys.map((key): TenantRecord => ({ type: "item", key, row: rowOf.get(key) ?? null })),
      ...storedEvents.map((row): TenantRecord => ({ type: "event", event: toEvent(row) })),
    ];
  }
}

type HoldingColumns = readonly [name: string, permissions: string | null, card: string | null];

const NO_HOLDING = { permissions: null, card: null };

/** The records of agents, from their rows and those of their subscriptions. */
function holdings(
  agents: readonly Row[],
  subscriptions: readonly Row[],
): (name: string) => TenantRecord {
  const known = new Map(
    (agents as readonly HoldingColumns[]).map(([name, permissions, card]) => [
      name,
      { permissions: toPermissions(permissions), card: toCard(card) },
    ]),
  );
  const topics = Map.groupBy(subscriptions, ([agent]) => agent as string);
  return (name) => ({
    type: "agent",
    name,
    ...(known.get(name) ?? NO_HOLDING),
    subscriptions: (topics.get(name) ?? []).map(([, topic, from]) => ({
      topic: topic as string,
      from: from as number,
    })),
  });
}

function toPast([agent, topic, from, until]: Row): PastSubscription {
  return {
    type: "pastSubscription",
    agent: agent as string,
    topic: topic as string,
    from: from as number,
    until: until as number,
  };
}
