import type { SynthaError } from "../error/syntha-error.ts";
import type { Permissions } from "../model/permissions.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Session } from "../session/session.ts";
import type { AgentRecord } from "../storage/query.ts";
import { checkName } from "../text/name.ts";
import { checkLimit, fromPage, type Page, toPage } from "../view/page-token.ts";
import { readable } from "../view/readable.ts";
import { copyOf, permissionsOf } from "./agent-record.ts";

/** An agent that has a subscription or permissions. */
export interface AgentSummary<T extends string = string> {
  readonly name: string;
  /** Topics, by code point. */
  readonly subscriptions: readonly T[];
  /** Null when none are set: everything is allowed. */
  readonly permissions: Permissions | null;
}

/** An agent whose permissions are damaged where they are stored. */
export interface CorruptAgent<T extends string = string> extends Omit<
  AgentSummary<T>,
  "permissions"
> {
  readonly error: SynthaError<"CORRUPT_DATA">;
}

export interface AgentFilter {
  /** Only names with this prefix. */
  prefix?: string | undefined;
  /** 1 to 1,000. @default 100 */
  limit?: number | undefined;
  /** `nextPage` of the previous listing. */
  page?: Page | undefined;
}

const AGENTS = knownOptions<AgentFilter>("agents", { prefix: true, limit: true, page: true });

export interface AgentListing<T extends string = string> {
  /** By name, in code point order. */
  readonly agents: readonly AgentSummary<T>[];
  /** Agents whose permissions are damaged where they are stored; they are allowed nothing. */
  readonly corrupt: readonly CorruptAgent<T>[];
  /** Undefined on the last page. */
  readonly nextPage: Page | undefined;
}

/** Lists what is stored about agents; an agent that only pushed, or only reads, is not stored. */
export async function listAgents(
  { tenantId, storage }: Session,
  filter: AgentFilter,
): Promise<AgentListing> {
  checkOptions(filter, AGENTS);
  const { prefix = "" } = filter;
  if (prefix !== "") checkName("prefix", prefix);
  const query = { prefix, after: fromPage(filter.page), limit: checkLimit(filter.limit) };
  const { agents, next } = await (await storage.ready()).agents(tenantId, query);
  const { values, corrupt } = readable(agents, (agent): AgentSummary => {
    const permissions = permissionsOf(agent);
    return { ...withoutPermissions(agent), permissions: permissions && copyOf(permissions) };
  });
  return {
    agents: values,
    corrupt: corrupt.map(([agent, error]) => ({ ...withoutPermissions(agent), error })),
    nextPage: toPage(next),
  };
}

function withoutPermissions({
  name,
  subscriptions,
}: AgentRecord): Omit<AgentSummary, "permissions"> {
  return { name, subscriptions: [...subscriptions] };
}
