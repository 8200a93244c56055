import {
  type AgentPage,
  type AgentQuery,
  type AgentRecord,
  type Clock,
  firstName,
  pageOf,
} from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import { type AgentColumns, toCard, toPermissions, toSighting } from "../tables/agents.ts";
import type { Tables } from "../tables/index.ts";
import type { TenantView } from "./tenant-view.ts";

/** The calls that are sent with the tenant's own. */
export function agentsCalls(
  tables: Tables,
  tenant: string,
  query: AgentQuery,
  clock: Clock | undefined,
): Call[] {
  const now = clock?.() ?? null;
  if ("name" in query) {
    const { name, at } = query;
    return [
      at === undefined
        ? call(tables.subscriptions.topicsOf, tenant, name)
        : call(tables.subscriptions.topicsOfAt, tenant, name, at),
      call(tables.agents.find, tenant, now, name),
    ];
  }
  if (!("topic" in query)) {
    const { prefix, after, limit } = query;
    return [call(tables.agents.page, tenant, now, firstName(prefix, after), limit + 1)];
  }
  const { topic, after = "", limit } = query;
  return [call(tables.subscriptions.subscribersOf, tenant, topic, after, limit + 1)];
}

/** An agent or a page of agents; or the names of a topic's subscribers. */
export function agents(
  { snapshot }: TenantView,
  query: AgentQuery,
  [first, agent]: readonly Answer[],
): AgentPage {
  const names = first?.rows.map(([name]) => name as string) ?? [];
  if ("name" in query) {
    const [row] = (agent?.rows ?? []) as readonly AgentColumns[];
    // A tenant that does not exist has no rows.
    const record = row === undefined ? named(query.name) : toRecord(row, names);
    return { ...snapshot, agents: [record], next: null };
  }
  if (!("topic" in query)) {
    const { prefix = "", limit } = query;
    const records = ((first?.rows ?? []) as readonly PageColumns[]).map(([topics, ...row]) =>
      toRecord(row, JSON.parse(topics) as string[]),
    );
    const beginning = records.filter(({ name }) => name.startsWith(prefix));
    const { next } = pageOf(
      beginning.map(({ name }) => name),
      limit,
    );
    return { ...snapshot, agents: beginning.slice(0, limit), next };
  }
  const { page, next } = pageOf(names, query.limit);
  return {
    ...snapshot,
    agents: page.map(named),
    next,
  };
}

type PageColumns = readonly [topics: string, ...agent: AgentColumns];

function toRecord(row: AgentColumns, subscriptions: readonly string[]): AgentRecord {
  const [name, permissions, card, firstSeen, lastSeen, leases] = row;
  return {
    name,
    subscriptions,
    permissions: toPermissions(permissions),
    card: toCard(card),
    sighting: toSighting(firstSeen, lastSeen),
    leases,
  };
}

function named(name: string): AgentRecord {
  return { name, subscriptions: [], permissions: null, card: null, sighting: null, leases: 0 };
}
