export type Money = { value: number; currency: "USD" | "EUR" | "GBP" };

const NUMBER = String.raw`(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?(k)?`;
const PERIOD = String.raw`(?:\s*(?:\/|a|per|each|every)\s*(year|month)|\s+(annually|yearly|monthly))?`;
const signFirst = new RegExp(String.raw`([$€£])\s?${NUMBER}\b${PERIOD}`, "gi");
const wordLast = new RegExp(
  String.raw`(?<![$€£\d.,#])${NUMBER}\s?(dollars?|usd|euros?|eur|pounds?|gbp|€|£)${PERIOD}`,
  "gi",
);

/** The sums in a text as they come; `yearly` ones were given by year, or by month and multiplied. */
export function moneyIn(text: string): { money: Money; yearly: boolean }[] {
  const found = [
    ...Array.from(text.matchAll(signFirst), (match) => {
      const [, sign = "", whole = "", cents = "", kilo, ...period] = match;
      return { at: match.index, ...sum({ whole, cents, kilo, sign, period }) };
    }),
    ...Array.from(text.matchAll(wordLast), (match) => {
      const [, whole = "", cents = "", kilo, sign = "", ...period] = match;
      return { at: match.index, ...sum({ whole, cents, kilo, sign, period }) };
    }),
  ];
  return found.sort((a, b) => a.at - b.at).map(({ money, yearly }) => ({ money, yearly }));
}

export function formatMoney({ value, currency }: Money): string {
  const fractionDigits = Number.isInteger(value) ? 0 : 2;
  return new Intl.NumberFormat("en-US", {
    style: "currency",
    currency,
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  }).format(value);
}

function sum(part: {
  whole: string;
  cents: string;
  kilo: string | undefined;
  sign: string;
  period: readonly unknown[];
}): { money: Money; yearly: boolean } {
  const period = part.period.slice(0, 2).find((word) => typeof word === "string");
  const monthly = typeof period === "string" && /^month/i.test(period);
  const times = (part.kilo === undefined ? 1 : 1000) * (monthly ? 12 : 1);
  const value = Math.round(Number(part.whole.replaceAll(",", "") + part.cents) * times * 100) / 100;
  return { money: { value, currency: currencyOf(part.sign) }, yearly: period !== undefined };
}

function currencyOf(sign: string): Money["currency"] {
  if (/^(€|eur)/i.test(sign)) return "EUR";
  return /^(£|pound|gbp)/i.test(sign) ? "GBP" : "USD";
}
