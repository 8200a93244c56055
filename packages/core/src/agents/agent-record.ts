import { corruptPermissions, missingPermissions } from "../error/corrupt-data.ts";
import {
  CORRUPT_PERMISSIONS,
  MISSING_PERMISSIONS,
  type Permissions,
  type TopicSet,
} from "../model/permissions.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { AgentRecord } from "../storage/query.ts";

/** What is stored about an agent, and the log's head at that moment. */
export async function readAgent(
  { tenantId, storage }: Session,
  name: string,
): Promise<{ readonly agent: AgentRecord | undefined; readonly head: number }> {
  const { agents, head } = await (await storage.ready()).agents(tenantId, { name });
  return { agent: agents[0], head };
}

/** Null when none are set. @throws CORRUPT_DATA */
export function permissionsOf(agent: AgentRecord | undefined): Permissions | null {
  if (agent?.permissions === CORRUPT_PERMISSIONS) throw corruptPermissions(agent.name);
  if (agent?.permissions === MISSING_PERMISSIONS) throw missingPermissions(agent.name);
  return agent?.permissions ?? null;
}

/** A copy: the storage may hold the very object. */
export function copyOf({ post, subscribe, ...rest }: Permissions): Permissions {
  return { ...rest, post: copyOfTopics(post), subscribe: copyOfTopics(subscribe) };
}

function copyOfTopics(topics: TopicSet): TopicSet {
  return topics === "*" ? topics : [...topics];
}

const ALL = { post: "*", subscribe: "*" } as const;

/** Topics that the actor may post or subscribe to (R5); undefined when it may use every topic. */
export async function usableTopics(
  session: Session,
  actor: Actor,
): Promise<readonly string[] | undefined> {
  if (actor === null) return undefined;
  const permissions = permissionsOf((await readAgent(session, actor)).agent);
  const { post, subscribe } = permissions ?? ALL;
  return post === "*" || subscribe === "*" ? undefined : [...post, ...subscribe];
}
