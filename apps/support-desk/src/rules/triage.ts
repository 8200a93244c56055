import { type Entities, entitiesIn } from "./entities.ts";
import { type Category, categoryOf, classify, type Intent } from "./intents.ts";
import type { Ticket } from "../tickets.ts";
import data from "./signs.json" with { type: "json" };

/** Why a manager should see a message, the gravest first. */
export const REASONS = [
  "legal_threat",
  "threatens_to_leave",
  "asks_for_manager",
  "angry_about_money",
] as const;

/** The result of triage: plain JSON, part of the items that follow from a ticket. */
export type Triage = {
  category: Category;
  intent: Intent;
  urgency: "low" | "normal" | "high";
  angry: boolean;
  entities: Entities;
  escalate: boolean;
  reason?: (typeof REASONS)[number];
  /** A part of the message gave orders to its reader, and was ignored. */
  steering: boolean;
};

/** Text after this many characters is ignored: it is quoted mail, or an attempt to keep the desk busy. */
const MAX_CHARACTERS = 5_000;
const CAN_WAIT: readonly string[] = data.canWait;
const ABOUT_MONEY: readonly string[] = data.aboutMoney;
const SHOUTING = /(\b[A-Z]{2,}\b[\s,]+){2,}\b[A-Z]{3,}\b/;

/** Whether a sign occurs: "steering", "legal", "pressing" and others. */
const signs = Object.fromEntries(
  Object.entries(data.signs).map(([name, patterns]) => [name, new RegExp(patterns.join("|"), "i")]),
) as Record<keyof typeof data.signs, RegExp>;

/** Decides on the text alone: the same text always gives the same result. */
export function triage({ text }: Ticket): Triage {
  const all = sentencesOf(text.slice(0, MAX_CHARACTERS));
  const sentences = all.filter((sentence) => !signs.steering.test(sentence));
  const read = sentences.join("\n");
  const some = (sign: keyof typeof signs): boolean =>
    sentences.some((each) => signs[sign].test(each));
  // A message that no rule matches goes to a person.
  const intent = classify(sentences) ?? "contact_human_agent";
  const category = categoryOf(intent);
  const entities = entitiesIn(read);
  const mild =
    new Set(read.match(new RegExp(signs.annoyed, "gi"))).size + (SHOUTING.test(read) ? 1 : 0);
  const angry = signs.furious.test(read) || mild >= 2;
  const reasons: Record<(typeof REASONS)[number], boolean> = {
    legal_threat: some("legal"),
    threatens_to_leave: sentences.some((sentence) => threatensToLeave(sentence, entities)),
    asks_for_manager: some("manager"),
    angry_about_money: angry && (entities.amount !== undefined || ABOUT_MONEY.includes(category)),
  };
  const reason = REASONS.find((each) => reasons[each]);
  const escalate = reason !== undefined;
  // "Your people were lovely today" presses for nothing.
  const canWait = CAN_WAIT.includes(intent) && !angry;
  const isUrgent = escalate || (signs.pressing.test(read) && !canWait);
  const urgency = isUrgent ? "high" : canWait ? "low" : "normal";
  const steering = sentences.length < all.length;
  return {
    category,
    intent,
    urgency,
    angry,
    entities,
    escalate,
    ...(reason && { reason }),
    steering,
  };
}

/** A dot after a title or inside a number ends no sentence. */
function sentencesOf(text: string): string[] {
  const sentences = text.split(/(?<=(?<!\b(?:mr|mrs|ms|dr|no))[.!?…])\s+|\n+/i);
  return sentences.filter((sentence) => sentence.trim() !== "");
}

/** By seats or by yearly spending, as the customer states them. */
export function isLargeAccount({ seats = 0, yearlyValue }: Entities): boolean {
  return seats >= 50 || (yearlyValue?.value ?? 0) >= 10_000;
}

/** "Close my account" alone is a plain request: it is a threat with a condition, or from a large account. */
function threatensToLeave(sentence: string, entities: Entities): boolean {
  if (signs.elsewhere.test(sentence)) return true;
  if (!signs.ending.test(sentence) || !signs.relation.test(sentence)) return false;
  return isLargeAccount(entities) || signs.condition.test(sentence);
}
