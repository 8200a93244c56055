import { classify } from "./classify.ts";
import { sentencesOf } from "./concepts.ts";
import { type Entities, entitiesIn } from "./entities.ts";
import { type EscalationReason, escalationReason } from "./escalation.ts";
import type { Category, Intent } from "./intents.ts";
import { isAngry } from "./mood.ts";
import { isSteering } from "./steering.ts";
import { type Urgency, urgencyOf } from "./urgency.ts";

/** What triage makes of a message. Plain JSON, so it can be an item on the mesh as it is. */
export type Triage = {
  category: Category;
  intent: Intent;
  urgency: Urgency;
  angry: boolean;
  entities: Entities;
  escalate: boolean;
  reason?: EscalationReason;
  /** A part of the message tried to give orders to its reader and was left out. */
  steering: boolean;
};

/** People ask early on; what comes later is quoted mail, or an attempt to keep the desk busy. */
const MOST_CHARACTERS = 5_000;

/** Where a person reads what no rule understands. */
const notUnderstood = { category: "CONTACT", intent: "contact_human_agent" } as const;

/** Decides on the text alone: no label, no history, no clock; the same text gives the same answer. */
export function triage(text: string): Triage {
  const all = sentencesOf(text.slice(0, MOST_CHARACTERS));
  const sentences = all.filter((sentence) => !isSteering(sentence));
  const heard = sentences.join("\n");
  const { category, intent } = classify(sentences) ?? notUnderstood;
  const angry = isAngry(heard);
  const entities = entitiesIn(heard);
  const reason = escalationReason({ sentences, category, angry, entities });
  const escalate = reason !== undefined;
  return {
    category,
    intent,
    urgency: urgencyOf({ text: heard, intent, angry, escalate }),
    angry,
    entities,
    escalate,
    ...(reason === undefined ? {} : { reason }),
    steering: sentences.length < all.length,
  };
}
