import { type Money, moneyIn } from "./money.ts";

/** What a message names. Ids are text as the customer wrote them: leading zeros are part of an id. */
export type Entities = {
  orderId?: string;
  invoiceId?: string;
  amount?: Money;
  /** What the customer says they spend with us in a year. */
  yearlyValue?: Money;
  seats?: number;
  accountType?: string;
  person?: string;
};

const ID = String.raw`((?:[A-Z]{1,4}-)?\d{4,})\b`;
const BEFORE_ID = String.raw`(?:\s+(?:number|nr|no|id|is|was|with|the))*[\s.:#(]*`;
const orderId = new RegExp(String.raw`\b(?:orders?|purchases?)${BEFORE_ID}${ID}`, "i");
const invoiceId = new RegExp(String.raw`\b(?:invoices?|bills?|receipts?)${BEFORE_ID}${ID}`, "i");
const numbered = /(?<![\p{L}\d-])#(\d{4,})\b/u;
// Shorter ones are years and amounts.
const longNumber = /(?<![$€£\d.,+-])\b(\d{6,})\b(?![.,]?\d)/;
const seats = /\b(\d[\d,]*)\s+(?:seats|users|licen[cs]es|employees|staff)\b/i;
const accountType =
  /\b(free|freemium|basic|standard|pro|premium|gold|platinum)\s+(?:account|profile|user|plan|tier|membership)/i;
const person = /\b((?:Mr|Mrs|Ms|Dr)\.? \p{Lu}[\p{L}'-]+)/u;

export function entitiesIn(text: string): Entities {
  const money = moneyIn(text);
  const invoice = text.match(invoiceId)?.[1];
  const order = text.match(orderId)?.[1] ?? text.replace(invoice ?? "", "").match(longNumber)?.[1];
  const seatCount = text.match(seats)?.[1]?.replaceAll(",", "");
  return {
    ...optional("orderId", order),
    ...optional(
      "invoiceId",
      invoice ?? (order === undefined ? text.match(numbered)?.[1] : undefined),
    ),
    ...optional("amount", money.find(({ yearly }) => !yearly)?.money),
    ...optional("yearlyValue", money.find(({ yearly }) => yearly)?.money),
    ...optional("seats", seatCount === undefined ? undefined : Number(seatCount)),
    ...optional("accountType", text.match(accountType)?.[1]?.toLowerCase()),
    ...optional("person", text.match(person)?.[1]),
  };
}

/** An absent entity has no key at all, so that it stays absent through JSON. */
function optional<Name extends keyof Entities>(
  name: Name,
  value: Entities[Name] | undefined,
): Pick<Entities, Name> | Record<never, never> {
  return value === undefined ? {} : { [name]: value };
}
