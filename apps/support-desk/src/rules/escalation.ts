import type { Entities } from "./entities.ts";
import type { Category } from "./intents.ts";

/** Why a manager should see a message, the gravest first. */
export type EscalationReason =
  | "legal_threat"
  | "threatens_to_leave"
  | "asks_for_manager"
  | "angry_about_money";

const moneyCategories: ReadonlySet<Category> = new Set([
  "REFUND",
  "PAYMENT",
  "INVOICE",
  "CANCELLATION_FEE",
]);

const LARGE_SEATS = 50;
const LARGE_YEARLY = 10_000;

const legal =
  /\b(lawyers?|attorneys?|solicitors?|su(e|ing) you|legal action|small claims|court|ombudsman|regulator|charge-?back|trading standards)\b/i;
const elsewhere =
  /\b(competitors?|(business|custom|money) elsewhere|(another|different|new) (provider|supplier|vendor)|never (order|buy|shop)(ing)?\b.{0,20}\bagain|lose (us|me) as)\b/i;
const ending =
  /\b(cancel|end|terminate|close|leave|leaving|drop|quit|walk away|pull|not (be )?renew(ing)?|won'?t (be )?renew(ing)?)\b/i;
const condition =
  /\b(unless|or else|otherwise|last chance|if (you|this|it|nobody|no one))\b|,? or (i|we)\b/i;
const relation =
  /\b(accounts?|contracts?|subscriptions?|memberships?|plans?|everything|you|with you)\b/i;
const manager =
  /\b(speak|talk|escalate|want|need|transfer|put|pass|call|get|connect|demand|see)\b.{0,40}\b(?<!\b(?:my|our|account) )(managers?|supervisors?|management|someone in charge|someone senior)\b/i;

/** Whether a manager should see the message, and why. */
export function escalationReason(message: {
  sentences: readonly string[];
  category: Category;
  angry: boolean;
  entities: Entities;
}): EscalationReason | undefined {
  const { sentences, category, angry, entities } = message;
  if (sentences.some((sentence) => legal.test(sentence))) return "legal_threat";
  if (sentences.some((sentence) => threatensToLeave(sentence, isLarge(entities)))) {
    return "threatens_to_leave";
  }
  if (sentences.some((sentence) => manager.test(sentence))) return "asks_for_manager";
  const aboutMoney = entities.amount !== undefined || moneyCategories.has(category);
  return angry && aboutMoney ? "angry_about_money" : undefined;
}

/** By seats or by yearly spending, as far as the customer says. */
export function isLarge({ seats = 0, yearlyValue }: Entities): boolean {
  return seats >= LARGE_SEATS || (yearlyValue?.value ?? 0) >= LARGE_YEARLY;
}

// "Close my account" alone is a plain request; with a condition it is a threat, and with a large
// account it is a loss that a manager wants to know of either way.
function threatensToLeave(sentence: string, large: boolean): boolean {
  if (elsewhere.test(sentence)) return true;
  return ending.test(sentence) && relation.test(sentence) && (large || condition.test(sentence));
}
