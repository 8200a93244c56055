import {
  type AgentPage,
  type AgentQuery,
  type AgentRecord,
  firstName,
  pageOf,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

/** One agent or a page of them, with subscriptions and permissions; or the names of a topic's subscribers. */
export function agents(tables: Tables, name: string, query: AgentQuery, clock: number): AgentPage {
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  if ("name" in query) {
    const { name: agent, at } = query;
    const subscriptions =
      at === undefined
        ? tables.subscriptions.of(tenant.id, agent)
        : tables.subscriptions.ofAt(tenant.id, agent, at);
    const permissions = tables.agents.permissions(tenant.id, agent);
    return { ...snapshot, agents: [{ name: agent, subscriptions, permissions }], next: null };
  }
  if (!("topic" in query)) {
    const { prefix = "", after, limit } = query;
    const from = firstName(prefix, after);
    const names = tables.agents.names(tenant.id, from, limit + 1);
    const { page, next } = pageOf(
      names.filter((agent) => agent.startsWith(prefix)),
      limit,
    );
    return { ...snapshot, agents: page.map(recordOf), next };
  }
  const { topic, after = "", limit } = query;
  const names = tables.subscriptions.subscribers(tenant.id, topic, after, limit + 1);
  const { page, next } = pageOf(names, limit);
  return {
    ...snapshot,
    agents: page.map((agent) => ({ name: agent, subscriptions: [], permissions: null })),
    next,
  };

  function recordOf(agent: string): AgentRecord {
    return {
      name: agent,
      subscriptions: tables.subscriptions.of(tenant.id, agent),
      permissions: tables.agents.permissions(tenant.id, agent),
    };
  }
}
