import type { AgentSighting } from "../storage/outcome.ts";
import type { Draft } from "./draft.ts";

/** How exact the time is at which an agent last acted: more would cost a write for each commit. */
const SEEN_EVERY_MS = 30_000;

/** R19: the agents that the commit makes known, and its actor if that was not seen lately. */
export function sightingsOf(draft: Draft): readonly AgentSighting[] | undefined {
  const { actor, facts, changes, unlogged } = draft;
  if (changes.length === 0 && unlogged.length === 0) return undefined;
  let sightings: AgentSighting[] | undefined;
  if (actor !== null) {
    const lastSeen = facts.sighting(actor)?.lastSeen ?? null;
    if (lastSeen === null || facts.now - lastSeen >= SEEN_EVERY_MS)
      sightings = [{ agent: actor, acted: true }];
  }
  for (const change of changes) {
    // Most changes are puts, and this runs for each.
    if (change.type === "put" || !("agent" in change) || change.agent === actor) continue;
    if (facts.sighting(change.agent) !== undefined) continue;
    if (sightings?.some(({ agent }) => agent === change.agent)) continue;
    (sightings ??= []).push({ agent: change.agent, acted: false });
  }
  return sightings;
}
