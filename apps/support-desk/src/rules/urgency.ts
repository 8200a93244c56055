import type { Intent } from "./intents.ts";

export type Urgency = "low" | "normal" | "high";

const pressing =
  /\b(urgent(ly)?|asap|immediately|right (now|away)|today|tonight|this (morning|afternoon|evening)|by tomorrow|deadline|emergency|hacked|locked out)\b/i;

/** Questions that are as good when answered tomorrow. */
const canWait: ReadonlySet<Intent> = new Set([
  "check_payment_methods",
  "delivery_options",
  "newsletter_subscription",
  "review",
]);

export function urgencyOf(message: {
  text: string;
  intent: Intent;
  angry: boolean;
  escalate: boolean;
}): Urgency {
  if (message.escalate) return "high";
  // First, since "your people were lovely today" presses for nothing.
  if (canWait.has(message.intent) && !message.angry) return "low";
  return pressing.test(message.text) ? "high" : "normal";
}
