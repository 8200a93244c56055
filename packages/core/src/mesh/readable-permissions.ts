import { corruptPermissions } from "../error/corrupt-data.ts";
import { CORRUPT_PERMISSIONS } from "../model/permissions.ts";
import type { AgentRecord } from "../storage/query.ts";

/** An agent's permissions; null when none are set. @throws CORRUPT_DATA */
export function permissionsOf(agent: AgentRecord | undefined): AgentRecord["permissions"] {
  if (agent?.permissions === CORRUPT_PERMISSIONS) throw corruptPermissions(agent.name);
  return agent?.permissions ?? null;
}
