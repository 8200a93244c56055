import type { Permissions } from "../storage/permissions.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkName } from "../text/name.ts";
import { checkLimit, fromPage, type Page, toPage } from "./page.ts";
import type { Session } from "./session.ts";

/** An agent that has a subscription or permissions. */
export interface Agent<T extends string = string> {
  readonly name: string;
  /** Topics, by code point. */
  readonly subscriptions: readonly T[];
  /** null: nothing was set, so all is allowed. */
  readonly permissions: Permissions | null;
}

export interface AgentFilter {
  /** Only names that begin so. */
  prefix?: string | undefined;
  /** 1 to 1,000. Default 100. */
  limit?: number | undefined;
  page?: Page | undefined;
}

const AGENTS = knownOptions<AgentFilter>("agents", { prefix: true, limit: true, page: true });

export interface AgentListing<T extends string = string> {
  /** By name, in code point order. */
  readonly agents: readonly Agent<T>[];
  readonly nextPage: Page | undefined;
}

/** Agents by what is stored of them: one that has only pushed, or only reads, leaves nothing to list. */
export async function listAgents<T extends string>(
  session: Session,
  filter: AgentFilter,
): Promise<AgentListing<T>> {
  checkOptions(filter, AGENTS);
  const { prefix = "" } = filter;
  if (prefix !== "") checkName("prefix", prefix);
  const limit = checkLimit(filter.limit);
  const after = fromPage(filter.page);
  const storage = await session.ready();
  const { agents, next } = await storage.agents(session.tenant, { prefix, after, limit });
  return {
    agents: agents.map(({ name, subscriptions, permissions }) => ({
      name,
      subscriptions: [...subscriptions] as T[],
      permissions: permissions && copyOf(permissions),
    })),
    nextPage: toPage(next),
  };
}

/** A storage may hold the very object. */
export function copyOf(permissions: Permissions): Permissions {
  return {
    ...permissions,
    post: [...permissions.post],
    subscribe: [...permissions.subscribe],
  };
}
