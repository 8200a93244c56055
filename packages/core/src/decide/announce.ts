import { encodeCard } from "../model/agent-card.ts";
import type { AnnounceOperation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import type { Draft } from "./draft.ts";

/** R19: replaces an agent's card. */
export function decideAnnounce(draft: Draft, { agent, card }: AnnounceOperation): OpResult {
  const old = draft.facts.card(agent);
  const changed = old === null || encodeCard(old) !== encodeCard(card);
  if (changed) draft.changes.push({ type: "announce", agent, card });
  return { type: "announce", changed };
}
