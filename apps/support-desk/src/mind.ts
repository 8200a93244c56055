import { setTimeout as wait } from "node:timers/promises";

import type { Colleague } from "./agents/colleague.ts";
import type { ModelChoice } from "./model/model-choice.ts";
import { answer } from "./rules/answer.ts";
import { type Authorisation, authorise } from "./rules/authorisation.ts";
import { retention } from "./rules/retention.ts";
import { type Triage, triage } from "./rules/triage.ts";
import type { Ticket } from "./tickets/ticket.ts";

type Thought<T> = T | Promise<T>;

/** Whose decision it is, about which item, and until when. */
export type Occasion = {
  who: Colleague;
  /** Of the item that holds all that there is to know. */
  key: string;
  signal: AbortSignal;
};

/**
 * What the agents decide; everything else that they do is the mesh's. Rules decide on what they are handed; a model is
 * told the item's key, and reads it from the mesh as its agent. A mind may take its time: the agents wait.
 */
export interface Mind {
  triage(ticket: Ticket, at: Occasion): Thought<Triage>;
  answer(ticket: Ticket, triage: Triage, at: Occasion): Thought<string>;
  authorise(triage: Triage, at: Occasion): Thought<Authorisation>;
  /** Offers nothing beyond what is allowed. */
  retain(ticket: Ticket, triage: Triage, allowed: Authorisation, at: Occasion): Thought<string>;
}

/** Who decides, as every process of the desk is told. */
export type MindChoice = {
  /** Undefined: rules. */
  model: ModelChoice | undefined;
  /** How long each decision of the rules is made to take. */
  thinkingMs: number;
};

export const rules = {
  triage: ({ text }: Pick<Ticket, "text">) => triage(text),
  answer,
  authorise,
  retain: retention,
} satisfies Mind;

/** @throws DeskError when the model can't be asked: no key */
export async function mindOf({ model, thinkingMs }: MindChoice): Promise<Mind> {
  if (model === undefined) return slowed(rules, thinkingMs);
  const { openMind } = await import("./model/open-mind.ts");
  return openMind(model, rules);
}

/** The same decisions, each after a while: what a model's thinking does to the agents can be tried without one. */
export function slowed(mind: Mind, ms: number): Mind {
  if (ms === 0) return mind;
  return {
    triage: async (...asked) => wait(ms).then(() => mind.triage(...asked)),
    answer: async (...asked) => wait(ms).then(() => mind.answer(...asked)),
    authorise: async (...asked) => wait(ms).then(() => mind.authorise(...asked)),
    retain: async (...asked) => wait(ms).then(() => mind.retain(...asked)),
  };
}
