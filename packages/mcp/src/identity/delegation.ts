import { checkAgentName } from "@syntha/core/storage";
import type { Identity } from "./identity.ts";

/** The header by which a request acts as an agent below its own: `Syntha-Agent: Claude/reviewer`. Percent-encoded UTF-8. */
const AGENT_HEADER = "syntha-agent";

/**
 * The identity that a request acts as: its own, or that of an agent below it, with the same rights.
 * @returns undefined if the request names any other agent
 */
export function delegate(identity: Identity, { headers }: Request): Identity | undefined {
  const header = headers.get(AGENT_HEADER);
  if (header === null) return identity;
  const agent = decode(header);
  if (agent === undefined) return undefined;
  if (agent === identity.agent) return identity;
  const isBelow = agent.startsWith(`${identity.agent}/`) && !agent.split("/").includes("");
  return isBelow ? { ...identity, agent } : undefined;
}

/** Undefined for what no agent can be called. */
function decode(text: string): string | undefined {
  try {
    const name = decodeURIComponent(text);
    checkAgentName(name);
    return name;
  } catch {
    return undefined;
  }
}
