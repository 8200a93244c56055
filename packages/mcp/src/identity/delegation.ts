import type { ContextMesh, MeshSchema } from "@syntha/core";
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
  const start = `${identity.agent}/`;
  const isBelow = agent.startsWith(start) && agent.slice(start.length).split("/").every(isSegment);
  return isBelow ? { ...identity, agent } : undefined;
}

/**
 * Whether the mesh's permissions let the agent of an identity act as another one: permissions apply by name, so that an
 * agent that has some could do anything under a name that has none.
 */
export async function permitsDelegation(
  mesh: ContextMesh<MeshSchema>,
  { agent }: Identity,
  acting: Identity,
): Promise<boolean> {
  if (acting.agent === agent) return true;
  if ((await mesh.permissions(agent)) === null) return true;
  return (await mesh.permissions(acting.agent)) !== null;
}

/** A part of a name between slashes: what people can't mistake for another name. */
function isSegment(text: string): boolean {
  return text.trim() === text && !/^\.{0,2}$|\p{Cc}/u.test(text);
}

/** What the header may consist of: a comma joins the values of a header that is sent twice. */
const ENCODED = /^[!-+\--~]+$/;

/** Undefined for what no agent can be called. */
function decode(text: string): string | undefined {
  if (!ENCODED.test(text)) return undefined;
  try {
    const name = decodeURIComponent(text);
    checkAgentName(name);
    return name;
  } catch {
    return undefined;
  }
}
