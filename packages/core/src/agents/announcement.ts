import { SynthaError } from "../error/syntha-error.ts";
import type { AgentCard } from "../model/agent-card.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { checkName, checkNames } from "../text/name.ts";

/** What an agent says about itself. */
export interface Announcement {
  /** What it does, in a sentence or two: up to 1,000 bytes. */
  description?: string | undefined;
  /** Short names of what it can do, up to 32. @default none */
  capabilities?: readonly string[] | undefined;
}

const ANNOUNCE = knownOptions<Announcement>("announce", { description: true, capabilities: true });

const MAX_DESCRIPTION_BYTES = 1_000;
const MAX_CAPABILITIES = 32;
const FEWER = "Name the most important ones, and describe the rest.";

/** Replaces the card of an agent. Returns whether it was another one. */
export async function announce(
  session: Session,
  actor: Actor,
  announcement: Announcement,
): Promise<boolean> {
  checkOptions(announcement, ANNOUNCE);
  if (actor === null)
    throw new SynthaError("INVALID_ARGUMENTS", "The system is no agent, and has no card.", {
      hint: 'Announce an agent: mesh.agent("Triage").announce({ … }).',
    });
  const { description, capabilities = [] } = announcement;
  if (description !== undefined) checkName("description", description, MAX_DESCRIPTION_BYTES);
  const isEmpty = Array.isArray(capabilities) && capabilities.length === 0;
  const card: AgentCard = {
    description: description ?? null,
    capabilities: isEmpty
      ? []
      : checkNames("capability", capabilities, MAX_CAPABILITIES, undefined, FEWER),
  };
  const { changed } = await session.perform(actor, { type: "announce", agent: actor, card });
  return changed;
}
