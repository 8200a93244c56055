import type { AgentSighting } from "../storage/outcome.ts";
import type { Draft } from "./draft.ts";

/** How exact the time is at which an agent last acted: more would cost a write for each commit. */
const SEEN_EVERY_MS = 30_000;

/** R19: the agents that the commit makes known, and its actor if that was not seen lately. */
export function sightingsOf(draft: Draft): readonly AgentSighting[] | undefined {
  const { actor, facts, changes, unlogged } = draft;
  if (changes.length === 0 && unlogged.length === 0) return undefined;
  const sightings: AgentSighting[] = [];
  if (actor !== null) {
    const lastSeen = facts.sighting(actor)?.lastSeen ?? null;
    if (lastSeen === null || facts.now - lastSeen >= SEEN_EVERY_MS)
      sightings.push({ agent: actor, acted: true });
  }
  for (const change of changes)
    if (
      "agent" in change &&
      change.agent !== actor &&
      facts.sighting(change.agent) === undefined &&
      !sightings.some(({ agent }) => agent === change.agent)
    )
      sightings.push({ agent: change.agent, acted: false });
  return sightings.length > 0 ? sightings : undefined;
}
