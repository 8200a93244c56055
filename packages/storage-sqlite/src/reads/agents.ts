import {
  type AgentPage,
  type AgentQuery,
  type AgentRecord,
  firstName,
  pageOf,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

const NAME_ONLY = { subscriptions: [], permissions: null, card: null, sighting: null, leases: 0 };

/** One agent or a page of those that are known; or the names of a topic's subscribers. */
export function agents(tables: Tables, name: string, query: AgentQuery, clock: number): AgentPage {
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  if ("name" in query) {
    const { name: agent, at } = query;
    const subscriptions =
      at === undefined
        ? tables.subscriptions.of(tenant.id, agent)
        : tables.subscriptions.ofAt(tenant.id, agent, at);
    return { ...snapshot, agents: [recordOf(agent, subscriptions)], next: null };
  }
  if (!("topic" in query)) {
    const { prefix = "", after, limit } = query;
    const from = firstName(prefix, after);
    const names = tables.agents.names(tenant.id, from, limit + 1);
    const { page, next } = pageOf(
      names.filter((agent) => agent.startsWith(prefix)),
      limit,
    );
    return {
      ...snapshot,
      agents: page.map((agent) => recordOf(agent, tables.subscriptions.of(tenant.id, agent))),
      next,
    };
  }
  const { topic, after = "", limit } = query;
  const names = tables.subscriptions.subscribers(tenant.id, topic, after, limit + 1);
  const { page, next } = pageOf(names, limit);
  return {
    ...snapshot,
    agents: page.map((agent) => ({ ...NAME_ONLY, name: agent })),
    next,
  };

  function recordOf(agent: string, subscriptions: readonly string[]): AgentRecord {
    const { permissions, sighting = null } = tables.agents.find(tenant.id, agent);
    return {
      name: agent,
      subscriptions,
      permissions,
      card: tables.agents.card(tenant.id, agent),
      sighting,
      leases: tables.items.leasesOf(tenant.id, agent, snapshot.now),
    };
  }
}
