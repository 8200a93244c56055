import type { AgentContext, AgentProfile } from "@syntha/core";
import { readPage } from "./page.ts";
import { agentsUri } from "./resource-uri.ts";

/** Subscriptions that one profile shows. */
const MAX_SUBSCRIPTIONS = 100;

/** An agent that is known. Times are ISO 8601. */
export interface AgentProfileResource {
  readonly name: string;
  /** What it announced that it does. */
  readonly description: string | null;
  /** What it announced that it can do. */
  readonly capabilities: readonly string[];
  /** The first 100 of those to topics that the reader may use. */
  readonly subscriptions: readonly string[];
  /** How many there are. */
  readonly subscriptionsTotal: number;
  readonly firstSeen: string;
  readonly lastSeen: string | null;
  /** How many leases it holds. */
  readonly leases: number;
}

/** What `syntha://agents` reads: a page of profiles, by name. */
export interface AgentsResource {
  /** The reader. */
  readonly you: string;
  readonly agents: readonly AgentProfileResource[];
  /** The URI of the next page; null on the last one. */
  readonly next: string | null;
}

export async function readAgents(
  agent: AgentContext,
  page: string | undefined,
): Promise<AgentsResource> {
  const { entries, nextPage } = await readPage(page, async (limit, from) => {
    const listing = await agent.agents({ limit, page: from });
    return { entries: listing.agents.map(toProfile), nextPage: listing.nextPage };
  });
  return {
    you: agent.name,
    agents: entries,
    next: nextPage === undefined ? null : agentsUri(nextPage),
  };
}

function toProfile(profile: AgentProfile): AgentProfileResource {
  return {
    name: profile.name,
    description: profile.description ?? null,
    capabilities: profile.capabilities,
    subscriptions: profile.subscriptions.slice(0, MAX_SUBSCRIPTIONS),
    subscriptionsTotal: profile.subscriptions.length,
    firstSeen: profile.firstSeen.toISOString(),
    lastSeen: profile.lastSeen?.toISOString() ?? null,
    leases: profile.leases,
  };
}
