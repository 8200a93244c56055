import type { AgentFacts } from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { rowCalls } from "./row-batches.ts";

/** Writes the rows of agents, and deletes those without subscriptions and permissions. */
export function writeAgents(
  tables: Tables,
  tenant: string,
  agents: readonly (AgentFacts & { readonly name: string })[],
): Call[] {
  const hasRow = ({ subscriptions, permissions }: AgentFacts): boolean =>
    subscriptions > 0 || permissions !== null;
  const rows = agents
    .filter(hasRow)
    .map(({ name, subscriptions, permissions }) => [
      name,
      subscriptions,
      permissions && JSON.stringify(permissions),
    ]);
  const deleted = agents.filter((agent) => !hasRow(agent)).map(({ name }) => [name]);
  return [
    ...rowCalls(tables.agents.set, tenant, rows),
    ...rowCalls(tables.agents.remove, tenant, deleted),
  ];
}
