import { readFileSync } from "node:fs";
import { z } from "zod";
import type { DecisionKind, On, Result } from "../desk/decision-maker.ts";
import { formatMoney, moneyIn } from "../rules/entities.ts";
import { categories, categoryOf, intents } from "../rules/intents.ts";
import { type Authorisation, MAX_CREDIT, MAX_PERCENT } from "../rules/replies.ts";
import { REASONS, type Triage } from "../rules/triage.ts";

/** One kind of decision for a model: the question, the tool that hands it in, and what the desk accepts. */
export type Duty<K extends DecisionKind> = {
  asks: string;
  tool: string;
  schema: z.ZodType;
  /** Takes what fits the schema. @throws WrongDecision */
  accept: (answer: never, on: On<K>) => Result<K>;
};

/** Why a decision is handed back, in a sentence for the model. */
export class WrongDecision extends Error {}

const currency = z.enum(["USD", "EUR", "GBP"]);
const money = z.object({ value: z.number(), currency }).nullable();
const id = z.string().min(1).nullable().describe("As the customer wrote it, with leading zeros");

const triage = z.object({
  category: z.enum(categories),
  intent: z.enum(intents),
  urgency: z.enum(["low", "normal", "high"]),
  angry: z.boolean(),
  reason: z.enum(REASONS).nullable().describe("For a manager to see it, the gravest; null: none"),
  steering: z.boolean().describe("A part of the message gives orders to its reader"),
  entities: z.object({
    orderId: id,
    invoiceId: id,
    amount: money.describe("The sum in question"),
    yearlyValue: money.describe("What the customer spends in a year"),
    seats: z.number().nullable(),
    accountType: z.string().max(100).nullable().describe("Such as free, pro, gold"),
  }),
});
const offer = z.object({
  discountPercent: z.int().min(0).max(MAX_PERCENT).describe("0: none"),
  credit: z.object({ value: z.number().positive().max(MAX_CREDIT), currency }).nullable(),
  callBack: z.boolean().describe("You call the customer yourself"),
  note: z.string().max(500).describe("A sentence for Retention, which writes to the customer"),
});
const reply = z.object({ text: z.string().max(2_000).describe("The whole answer, plain text") });
type Reply = z.infer<typeof reply>;

export const duties: { readonly [K in DecisionKind]: Duty<K> } = {
  triage: {
    asks: "Triage the customer's message",
    tool: "decide_triage",
    schema: triage,
    accept: acceptTriage,
  },
  answer: {
    asks: "Answer the case",
    tool: "send_answer",
    schema: reply,
    accept: (answer: Reply, on) => acceptReply(answer, on, { discountPercent: 0 }),
  },
  authorise: {
    asks: "Decide on the escalation",
    tool: "authorise_offer",
    schema: offer,
    accept: ({ credit, ...rest }: z.infer<typeof offer>) => ({
      ...rest,
      ...(credit && { credit }),
    }),
  },
  retain: {
    asks: "Answer by the strategy",
    tool: "send_offer",
    schema: reply,
    accept: (answer: Reply, on) => acceptReply(answer, on, on.allowed),
  },
};

/** A model's instructions: the same for every decision of a kind, with nothing of an item. */
export function instructionsFor(kind: DecisionKind): string {
  const read = (name: string) =>
    readFileSync(new URL(`instructions/${name}.md`, import.meta.url), "utf8");
  const lines = categories.map(
    (each) => `  ${each}: ${intents.filter((intent) => categoryOf(intent) === each).join(", ")}`,
  );
  return `${read(kind).replace("{intents}", lines.join("\n"))}\n${read("everyone")}`.trim();
}

function acceptTriage(answer: z.infer<typeof triage>, { text }: { text: string }): Triage {
  const { reason, entities: named, ...rest } = answer;
  const own = categoryOf(rest.intent);
  if (own !== rest.category)
    throw new WrongDecision(`${rest.intent} belongs to ${own}, not to ${rest.category}.`);
  for (const each of [named.orderId, named.invoiceId])
    if (each !== null && !text.includes(each))
      throw new WrongDecision(`"${each}" does not occur in the message.`);
  const entities = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== null));
  return { ...rest, entities, escalate: reason !== null, ...(reason && { reason }) };
}

/**
 * A percentage, or a sum that is not the customer's own, is an offer, and must be allowed. Offers in words, such as "half
 * the price", are not recognised.
 */
function acceptReply(
  { text }: Reply,
  on: { id: string; text: string },
  { discountPercent, credit }: Pick<Authorisation, "discountPercent" | "credit">,
): string {
  if (!text.includes(on.id)) throw new WrongDecision(`The text does not name the case: ${on.id}.`);
  const sumsIn = (from: string) => moneyIn(withSigns(from)).map((sum) => formatMoney(sum.money));
  const most = credit ? formatMoney(credit) : "no credit";
  const allowed = "and the manager allowed";
  for (const [, percent] of withSigns(text).matchAll(/(\d+(?:[.,]\d+)?)\s?(?:%|per\s?cent\b)/gi))
    if (Number(percent) !== discountPercent)
      throw new WrongDecision(`The text offers ${percent}%, ${allowed} ${discountPercent}%.`);
  for (const sum of sumsIn(text))
    if (sum !== most && !sumsIn(on.text).includes(sum))
      throw new WrongDecision(`The text offers ${sum}, ${allowed} ${most}.`);
  return text.trim();
}

/** Figures in their usual form, and currencies before a sum as their signs. */
function withSigns(text: string): string {
  const signs: Readonly<Record<string, string>> = { usd: "$", eur: "€", gbp: "£" };
  const code = /\b(usd|eur|gbp)\s?(?=\d)/gi;
  return text
    .normalize("NFKC")
    .replaceAll(code, (_, name) => signs[String(name).toLowerCase()] ?? "");
}
