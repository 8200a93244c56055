import { setTimeout as wait } from "node:timers/promises";

import { answer } from "./rules/answer.ts";
import { type Authorisation, authorise } from "./rules/authorisation.ts";
import { retention } from "./rules/retention.ts";
import { type Triage, triage } from "./rules/triage.ts";
import type { Ticket } from "./tickets/ticket.ts";

type Thought<T> = T | Promise<T>;

/**
 * What the agents decide; everything else that they do is the mesh's. Rules decide here. A model takes
 * their place by implementing this, and may take its time: the agents wait.
 */
export interface Mind {
  triage(text: string): Thought<Triage>;
  answer(ticket: Ticket, triage: Triage): Thought<string>;
  authorise(triage: Triage): Thought<Authorisation>;
  /** Offers nothing beyond what is allowed. */
  retain(ticket: Ticket, triage: Triage, allowed: Authorisation): Thought<string>;
}

/** Who decides in every process of the desk, and how long each decision takes. */
export function mindOf(thinkingMs: number): Mind {
  return slowed(rules, thinkingMs);
}

export const rules: Mind = { triage, answer, authorise, retain: retention };

/** The same decisions, each after a while: what a model's thinking does to the agents can be tried without one. */
export function slowed(mind: Mind, ms: number): Mind {
  if (ms === 0) return mind;
  return {
    triage: async (text) => wait(ms).then(() => mind.triage(text)),
    answer: async (ticket, found) => wait(ms).then(() => mind.answer(ticket, found)),
    authorise: async (found) => wait(ms).then(() => mind.authorise(found)),
    retain: async (ticket, found, allowed) =>
      wait(ms).then(() => mind.retain(ticket, found, allowed)),
  };
}
