import { type AgentCard, type AgentFacts, encodeCard } from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";

/** Writes the rows of agents, except their cards. None is deleted, because an agent stays known. */
export function writeAgents(
  tables: Tables,
  tenant: string,
  agents: readonly (AgentFacts & { readonly name: string })[],
): Call[] {
  const rows = agents.map(({ name, subscriptions, permissions, sighting }) => [
    name,
    subscriptions,
    permissions && JSON.stringify(permissions),
    sighting?.firstSeen ?? null,
    sighting?.lastSeen ?? null,
  ]);
  return insertCalls(tables.agents.set, tenant, rows);
}

/** Writes the cards of agents that have rows. */
export function writeCards(
  tables: Tables,
  tenant: string,
  cards: readonly (readonly [name: string, card: AgentCard])[],
): Call[] {
  const rows = cards.map(([name, card]) => [name, encodeCard(card)]);
  return rowCalls(tables.agents.setCard, tenant, rows);
}
