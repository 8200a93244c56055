import type { SynthaError } from "../error/syntha-error.ts";
import type { Permissions } from "../model/permissions.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { AgentPage, AgentQuery, AgentRecord } from "../storage/query.ts";
import { checkName } from "../text/name.ts";
import { checkLimit, fromPage, type Page, toPage } from "../view/page-token.ts";
import { readable } from "../view/readable.ts";
import { copyOf, permissionsOf, usableTopics } from "./agent-record.ts";

/** An agent that is known (R19), as others see it. */
export interface AgentProfile<T extends string = string> {
  readonly name: string;
  /** What it announced that it does; undefined if it announced nothing. */
  readonly description: string | undefined;
  /** What it announced that it can do. */
  readonly capabilities: readonly string[];
  /** Topics, by code point; in an agent's own listing, those that this agent may use. */
  readonly subscriptions: readonly T[];
  /** When it became known. */
  readonly firstSeen: Date;
  /** When it last wrote, subscribed, announced itself or claimed, within 30 seconds; undefined if it never did. */
  readonly lastSeen: Date | undefined;
  /** How many leases it holds. */
  readonly leases: number;
}

/** An agent that is known, with its permissions. */
export interface AgentSummary<T extends string = string> extends AgentProfile<T> {
  /** Null when none are set: everything is allowed. */
  readonly permissions: Permissions | null;
}

/** An agent whose permissions are damaged where they are stored. */
export interface CorruptAgent<T extends string = string> extends AgentProfile<T> {
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

export const AGENT_FILTER = { prefix: true, limit: true, page: true } as const;

const AGENTS = knownOptions<AgentFilter>("agents", AGENT_FILTER);

export interface AgentListing<T extends string = string> {
  /** By name, in code point order. */
  readonly agents: readonly AgentSummary<T>[];
  /** Agents whose permissions are damaged where they are stored; they are allowed nothing. */
  readonly corrupt: readonly CorruptAgent<T>[];
  /** Undefined on the last page. */
  readonly nextPage: Page | undefined;
}

/** A page of agents as another agent sees them. */
export interface ProfileListing<T extends string = string> {
  /** By name, in code point order. */
  readonly agents: readonly AgentProfile<T>[];
  /** Undefined on the last page. */
  readonly nextPage: Page | undefined;
}

/** Lists the known agents with their permissions. */
export async function listAgents(session: Session, filter: AgentFilter): Promise<AgentListing> {
  const { agents, next } = await readPage(session, filter);
  const { values, corrupt } = readable(agents, (agent): AgentSummary => {
    const permissions = permissionsOf(agent);
    return { ...toProfile(agent), permissions: permissions && copyOf(permissions) };
  });
  return {
    agents: values,
    corrupt: corrupt.map(([agent, error]) => ({ ...toProfile(agent), error })),
    nextPage: toPage(next),
  };
}

/** Lists the known agents, each with its subscriptions to topics that the actor may use (R5). */
export async function listProfiles(
  session: Session,
  actor: Actor,
  filter: AgentFilter,
): Promise<ProfileListing> {
  const { agents, next } = await readPage(session, filter);
  const usable = await usableTopics(session, actor);
  const profiles = agents.map((agent): AgentProfile => {
    const profile = toProfile(agent);
    if (usable === undefined) return profile;
    return {
      ...profile,
      subscriptions: profile.subscriptions.filter((topic) => usable.includes(topic)),
    };
  });
  return { agents: profiles, nextPage: toPage(next) };
}

async function readPage(session: Session, filter: AgentFilter): Promise<AgentPage> {
  checkOptions(filter, AGENTS);
  const query = toAgentQuery(filter);
  return (await session.storage.ready()).agents(session.tenantId, query);
}

/** @throws INVALID_ARGUMENTS, INVALID_TEXT, INVALID_CURSOR */
export function toAgentQuery({ prefix = "", page, limit }: AgentFilter): AgentQuery {
  if (prefix !== "") checkName("prefix", prefix);
  return { prefix, after: fromPage(page), limit: checkLimit(limit) };
}

function toProfile({ name, card, subscriptions, sighting, leases }: AgentRecord): AgentProfile {
  const lastSeen = sighting?.lastSeen ?? null;
  return {
    name,
    description: card?.description ?? undefined,
    capabilities: [...(card?.capabilities ?? [])],
    subscriptions: [...subscriptions],
    firstSeen: new Date(sighting?.firstSeen ?? 0),
    lastSeen: lastSeen === null ? undefined : new Date(lastSeen),
    leases,
  };
}
