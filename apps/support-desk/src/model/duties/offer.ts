import type { Authorisation } from "../../rules/authorisation.ts";
import { formatMoney, moneyIn } from "../../rules/money.ts";

/** What nobody allowed anything for. */
export const NO_OFFER = { discountPercent: 0 } as const;

const SIGNS: Readonly<Record<string, string>> = { usd: "$", eur: "€", gbp: "£" };

/**
 * A percentage, or a sum that is not the customer's own, is an offer: it must be allowed. Written in figures, that is;
 * what words come to, such as "half the price", no code can tell.
 */
export function problemOfOffer(
  text: string,
  asked: string,
  { discountPercent, credit }: Pick<Authorisation, "discountPercent" | "credit">,
): string | undefined {
  const told = plain(text);
  for (const [, percent] of told.matchAll(/(\d+(?:[.,]\d+)?)\s?(?:%|per\s?cent\b)/gi)) {
    if (Number(percent) !== discountPercent)
      return `The text offers ${percent}%, and the manager allowed ${discountPercent}%.`;
  }
  const theirs = new Set(moneyIn(plain(asked)).map(({ money }) => formatMoney(money)));
  for (const { money } of moneyIn(told)) {
    const sum = formatMoney(money);
    if (theirs.has(sum) || (credit !== undefined && sum === formatMoney(credit))) continue;
    const most = credit === undefined ? "no credit" : formatMoney(credit);
    return `The text offers ${sum}, and the manager allowed ${most}.`;
  }
  return undefined;
}

/** Figures and signs in their usual form, and currencies that stand in front as their signs. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replaceAll(/\b(usd|eur|gbp)\s?(?=\d)/gi, (_, name: string) => SIGNS[name.toLowerCase()] ?? "");
}
