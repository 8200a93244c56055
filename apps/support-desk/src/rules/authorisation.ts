import { isLarge } from "./escalation.ts";
import { formatMoney, type Money } from "./money.ts";
import type { Triage } from "./triage.ts";

/** What a manager allows the retention agent to offer; what is not in it may not be offered. */
export type Authorisation = {
  /** 0 when there is none. */
  discountPercent: number;
  credit?: Money;
  callBack: boolean;
  note: string;
};

const DISCOUNT_PERCENT = 10;
const LARGE_DISCOUNT_PERCENT = 20;
const CREDIT_SHARE = 0.1;
const MOST_CREDIT = 50;

/** The manager's decision on an escalated message. */
export function authorise({ reason, entities }: Triage): Authorisation {
  if (reason === undefined) {
    return { discountPercent: 0, callBack: false, note: "Nothing to decide." };
  }
  switch (reason) {
    case "legal_threat":
      return {
        discountPercent: 0,
        callBack: true,
        note: "Offer nothing in writing; a person from legal answers.",
      };
    case "threatens_to_leave": {
      const large = isLarge(entities);
      return {
        discountPercent: large ? LARGE_DISCOUNT_PERCENT : DISCOUNT_PERCENT,
        callBack: large,
        note: large ? "Large account: keep them, and call today." : "Try to keep them.",
      };
    }
    case "angry_about_money": {
      const credit = creditFor(entities.amount);
      return {
        discountPercent: 0,
        ...(credit === undefined ? {} : { credit }),
        callBack: false,
        note:
          credit === undefined ? "Put it right." : `Up to ${formatMoney(credit)} for the trouble.`,
      };
    }
    case "asks_for_manager":
      return { discountPercent: 0, callBack: true, note: "I call them myself." };
  }
}

function creditFor(amount: Money | undefined): Money | undefined {
  if (amount === undefined) return undefined;
  const value = Math.round(Math.min(amount.value * CREDIT_SHARE, MOST_CREDIT) * 100) / 100;
  return { value, currency: amount.currency };
}
