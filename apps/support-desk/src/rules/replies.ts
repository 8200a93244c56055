import type { CaseRecord, StrategyRecord } from "../desk/records.ts";
import { formatMoney, type Money } from "./entities.ts";
import { answerTo } from "./intents.ts";
import { isLargeAccount, type Triage } from "./triage.ts";

/** What a manager allows Retention to offer. */
export type Authorisation = {
  /** 0: none. */
  discountPercent: number;
  credit?: Money;
  callBack: boolean;
  note: string;
};

/** No manager may allow more, rules or model. */
export const MAX_PERCENT = 20;
export const MAX_CREDIT = 50;

/** A specialist's answer. */
export function answer({ id, triage: { intent, entities, angry } }: CaseRecord): string {
  const { accountType, orderId, invoiceId, amount } = entities;
  const names: Readonly<Record<string, string>> = {
    account: accountType === undefined ? "account" : `${accountType} account`,
    order: orderId === undefined ? "your order" : `order ${orderId}`,
    invoice: invoiceId === undefined ? "your invoice" : `invoice ${invoiceId}`,
    refund: amount === undefined ? "your refund" : `your refund of ${formatMoney(amount)}`,
  };
  const text = answerTo(intent).replace(/\{(\w+)\}/, (_, name: string) => names[name] ?? "");
  return `${angry ? "We are sorry for the trouble. " : ""}${text} Your case is ${id}.`;
}

/** The manager's decision on an escalated message. */
export function authorise({ triage: { reason, entities } }: { triage: Triage }): Authorisation {
  const none = { discountPercent: 0, callBack: false };
  switch (reason) {
    case "legal_threat": {
      const note = "Offer nothing in writing; a person from legal answers.";
      return { ...none, callBack: true, note };
    }
    case "threatens_to_leave":
      return isLargeAccount(entities)
        ? { discountPercent: 20, callBack: true, note: "Large account: keep them, and call today." }
        : { discountPercent: 10, callBack: false, note: "Try to keep them." };
    case "angry_about_money": {
      if (entities.amount === undefined) return { ...none, note: "Put it right." };
      const { value, currency } = entities.amount;
      const credit = { value: Math.round(Math.min(value / 10, MAX_CREDIT) * 100) / 100, currency };
      return { ...none, credit, note: `Up to ${formatMoney(credit)} for the trouble.` };
    }
    case "asks_for_manager":
      return { ...none, callBack: true, note: "I call them myself." };
    default:
      return { ...none, note: "Nothing to decide." };
  }
}

/** Retention's answer: it offers what the manager authorised, and nothing more. */
export function retain({ id, triage: { reason, angry }, allowed }: StrategyRecord): string {
  const openings: Partial<Record<string, string>> = {
    threatens_to_leave: "We would be sorry to lose you.",
    legal_threat: "We take what you wrote seriously.",
    angry_about_money: "We are sorry; where money is concerned this should not happen.",
  };
  const otherwise = angry ? "We are sorry for the trouble." : "Thank you for telling us.";
  const { discountPercent, credit, callBack } = allowed;
  return [
    openings[reason ?? ""] ?? otherwise,
    ...(discountPercent > 0
      ? [`If you stay, the next twelve months are ${discountPercent}% off.`]
      : []),
    ...(credit ? [`We have put ${formatMoney(credit)} of credit on your account.`] : []),
    ...(callBack ? ["A manager will call you on the number in your account."] : []),
    `Your case is ${id}.`,
  ].join(" ");
}
