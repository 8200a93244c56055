import type { SynthaError } from "../error/syntha-error.ts";
import type { Permissions } from "../model/permissions.ts";
import type { AgentRecord } from "../storage/query.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkName } from "../text/name.ts";
import { checkLimit, fromPage, type Page, toPage } from "../view/page-token.ts";
import { permissionsOf } from "./readable-permissions.ts";
import { readable } from "./readable.ts";
import type { Session } from "../session/session.ts";

/** An agent that has a subscription or permissions. */
export interface AgentSummary<T extends string = string> {
  readonly name: string;
  /** Topics, by code point. */
  readonly subscriptions: readonly T[];
  /** null: nothing was set, so all is allowed. */
  readonly permissions: Permissions | null;
}

/** An agent without its permissions, and why. */
export interface CorruptAgent<T extends string = string> extends Omit<
  AgentSummary<T>,
  "permissions"
> {
  readonly error: SynthaError<"CORRUPT_DATA">;
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
  readonly agents: readonly AgentSummary<T>[];
  /** Agents whose permissions are damaged where they are stored; they are allowed nothing. */
  readonly corrupt: readonly CorruptAgent<T>[];
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
  const { agents, next } = await storage.agents(session.tenantId, { prefix, after, limit });
  const { found, corrupt } = readable(agents, (agent): AgentSummary<T> => {
    const permissions = permissionsOf(agent);
    return { ...withoutPermissions<T>(agent), permissions: permissions && copyOf(permissions) };
  });
  return {
    agents: found,
    corrupt: corrupt.map(([agent, error]) => ({ ...withoutPermissions<T>(agent), error })),
    nextPage: toPage(next),
  };
}

function withoutPermissions<T extends string>(
  agent: AgentRecord,
): Omit<AgentSummary<T>, "permissions"> {
  return { name: agent.name, subscriptions: [...agent.subscriptions] as T[] };
}

/** A storage may hold the very object. */
export function copyOf(permissions: Permissions): Permissions {
  return {
    ...permissions,
    post: [...permissions.post],
    subscribe: [...permissions.subscribe],
  };
}
