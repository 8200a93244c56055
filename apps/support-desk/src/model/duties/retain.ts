import { z } from "zod";

import type { Authorisation } from "../../rules/authorisation.ts";
import type { Ticket } from "../../tickets/ticket.ts";
import { type Duty, HOUSE_RULES, problemOfText } from "./duty.ts";
import { problemOfOffer } from "./offer.ts";

const schema = z.object({ text: z.string().describe("The whole answer, plain text") });

const system = `You are Retention at a support desk. You answer a customer whose message was escalated, within what the manager
allowed; the strategy tells you both.

- Two to four sentences, in the customer's language. Take the trouble seriously; blame nobody.
- Offer all that is allowed and nothing else: discountPercent is off the next twelve months, credit is put on the account,
  callBack is a manager's call. The note is for you.
- End with the sentence "Your case is ID." and the strategy's id.
${HOUSE_RULES}`;

type Known = Ticket & { allowed: Authorisation };

export const retainDuty: Duty<z.infer<typeof schema>, Known, string> = {
  system,
  prompt: (key) => `Answer by the strategy with the key ${JSON.stringify(key)}.`,
  tool: { name: "send_offer", description: "Hands in the answer to the customer." },
  schema,
  problem: ({ text }, { id, text: asked, allowed }) =>
    problemOfText(text, id) ?? problemOfOffer(text, asked, allowed),
  toDecision: ({ text }) => text.trim(),
};
