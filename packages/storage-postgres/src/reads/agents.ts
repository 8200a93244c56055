import {
  type AgentPage,
  type AgentQuery,
  type AgentRecord,
  firstName,
  pageOf,
} from "@syntha/core/storage";
import { type Answer, type Call, call, type Row } from "../connection/statement.ts";
import { toPermissions } from "../tables/agents.ts";
import type { Tables } from "../tables/index.ts";
import type { TenantView } from "./tenant-view.ts";

/** The calls that are sent with the tenant's own. */
export function agentsCalls(tables: Tables, tenant: string, query: AgentQuery): Call[] {
  if ("name" in query) {
    const { name, at } = query;
    return [
      at === undefined
        ? call(tables.subscriptions.topicsOf, tenant, name)
        : call(tables.subscriptions.topicsOfAt, tenant, name, at),
      call(tables.agents.permissionsOf, tenant, name),
    ];
  }
  if (!("topic" in query)) {
    const { prefix, after, limit } = query;
    return [call(tables.agents.pageWithTopics, tenant, firstName(prefix, after), limit + 1)];
  }
  const { topic, after = "", limit } = query;
  return [call(tables.subscriptions.subscribersOf, tenant, topic, after, limit + 1)];
}

/** An agent or a page of agents, with subscriptions and permissions; or the names of a topic's subscribers. */
export function agents(
  { snapshot }: TenantView,
  query: AgentQuery,
  [first, agent]: readonly Answer[],
): AgentPage {
  const names = first?.rows.map(([name]) => name as string) ?? [];
  if ("name" in query) {
    const permissions = toPermissions((agent?.rows[0]?.[0] as string | undefined) ?? null);
    return {
      ...snapshot,
      agents: [{ name: query.name, subscriptions: names, permissions }],
      next: null,
    };
  }
  if (!("topic" in query)) {
    const { prefix = "", limit } = query;
    const records = (first?.rows ?? []).map(toRecord);
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
    agents: page.map((name) => ({ name, subscriptions: [], permissions: null })),
    next,
  };
}

function toRecord(row: Row): AgentRecord {
  const [name, permissions, subscriptions] = row as [string, string | null, string];
  return {
    name,
    subscriptions: JSON.parse(subscriptions) as string[],
    permissions: toPermissions(permissions),
  };
}
