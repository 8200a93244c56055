import { z } from "zod";

import type { Ticket } from "../../tickets/ticket.ts";
import { type Duty, HOUSE_RULES, problemOfText } from "./duty.ts";
import { NO_OFFER, problemOfOffer } from "./offer.ts";

const schema = z.object({ text: z.string().describe("The whole answer, plain text") });

const system = `You are a specialist at a support desk. You answer a customer's message that triage has understood; the case tells
you what triage found in it.

- Two or three sentences, friendly and plain, in the customer's language. Begin with an apology when they are angry.
- Say only what the desk can keep: orders are stopped, changed and tracked under Orders; delivery takes three to five
  working days; goods can go back within 30 days, and refunds take five working days; we take cards, bank transfer and
  PayPal; accounts, plans, addresses, invoices and newsletters are under Account; ending a contract early costs what is
  left of the month; people answer from 8 to 20 o'clock. What is not here, a person will look into.
- Promise no discount and no credit: only a manager may. Name no percentage, and no sum but the customer's own.
- End with the sentence "Your case is ID." and the case's id.
${HOUSE_RULES}`;

export const answerDuty: Duty<z.infer<typeof schema>, Ticket, string> = {
  system,
  prompt: (key) => `Answer the case with the key ${JSON.stringify(key)}.`,
  tool: { name: "send_answer", description: "Hands in the answer to the customer." },
  schema,
  problem: ({ text }, { id, text: asked }) =>
    problemOfText(text, id) ?? problemOfOffer(text, asked, NO_OFFER),
  toDecision: ({ text }) => text.trim(),
};
