import { z } from "zod";

import type { Authorisation } from "../../rules/authorisation.ts";
import { formatMoney } from "../../rules/money.ts";
import { type Duty, HOUSE_RULES } from "./duty.ts";

/** What no manager may go beyond, model or not. */
const MOST_PERCENT = 20;
const MOST_CREDIT = 50;

const schema = z.object({
  discount_percent: z.number().describe(`0: none; whole numbers up to ${MOST_PERCENT}`),
  credit: z
    .object({ value: z.number(), currency: z.enum(["USD", "EUR", "GBP"]) })
    .nullable()
    .describe(`null: none; up to ${MOST_CREDIT}`),
  call_back: z.boolean().describe("You call the customer yourself"),
  note: z.string().describe("A sentence for Retention, which writes to the customer"),
});

const system = `You are the Manager of a support desk. You decide what may be offered to a customer whose message was escalated.

- threatens_to_leave: 10 percent off; 20 percent and a call for a large account, which has 50 seats or 10,000 a year.
- angry_about_money: a credit of a tenth of the sum that it is about, at most ${MOST_CREDIT}, in its currency; none when no sum is known.
- legal_threat: nothing in writing, but a call.
- asks_for_manager: a call.
${HOUSE_RULES}`;

export const authoriseDuty: Duty<z.infer<typeof schema>, unknown, Authorisation> = {
  system,
  prompt: (key) => `Decide on the escalation with the key ${JSON.stringify(key)}.`,
  tool: { name: "authorise_offer", description: "Hands in what may be offered to the customer." },
  schema,
  problem: ({ discount_percent: percent, credit, note }) => {
    if (!Number.isInteger(percent) || percent < 0 || percent > MOST_PERCENT)
      return `discount_percent is a whole number from 0 to ${MOST_PERCENT}, not ${percent}.`;
    if (credit !== null && !(credit.value > 0 && credit.value <= MOST_CREDIT))
      return `A credit is more than 0 and at most ${MOST_CREDIT}, not ${formatMoney(credit)}; null is none.`;
    return note.length > MOST_NOTE ? `The note has more than ${MOST_NOTE} characters.` : undefined;
  },
  toDecision: ({ discount_percent: discountPercent, credit, call_back: callBack, note }) => ({
    discountPercent,
    ...(credit !== null && { credit }),
    callBack,
    note,
  }),
};

const MOST_NOTE = 500;
