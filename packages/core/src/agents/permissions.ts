import { denied } from "../decide/permission-denial.ts";
import type { Permissions } from "../model/permissions.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { copyOf, permissionsOf, readAgent } from "./agent-record.ts";
import { checkAsked, checkPermissions, type PermissionsInput } from "./permissions-input.ts";

const OF_THE_SYSTEM = "Name an agent: the system has no permissions, and may do everything.";

/** Whether an actor's permissions allow all that is asked. */
export async function can(
  session: Session,
  actor: Actor,
  input: PermissionsInput,
): Promise<boolean> {
  const asked = checkAsked(input);
  for (const topics of [asked.post, asked.subscribe])
    if (topics !== "*") session.encoder.checkTopics(topics);
  await session.storage.ready();
  if (actor === null) return true;
  const { agent } = await readAgent(session, actor);
  return denied(permissionsOf(agent), asked) === undefined;
}

/** Null clears them. Returns the subscriptions that ended. */
export async function setPermissions(
  session: Session,
  agent: string,
  input: PermissionsInput | null,
): Promise<{ readonly unsubscribed: readonly string[] }> {
  checkAgentName(agent, OF_THE_SYSTEM);
  const permissions = input === null ? null : checkPermissions(input);
  const operation = { type: "setPermissions", agent, permissions } as const;
  const { unsubscribed } = await session.perform(null, operation);
  return { unsubscribed: [...unsubscribed] };
}

export async function getPermissions(session: Session, agent: string): Promise<Permissions | null> {
  checkAgentName(agent, OF_THE_SYSTEM);
  const permissions = permissionsOf((await readAgent(session, agent)).agent);
  return permissions && copyOf(permissions);
}
