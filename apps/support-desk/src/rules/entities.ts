export type Money = { value: number; currency: "USD" | "EUR" | "GBP" };

/** What a message names. Ids are text as the customer wrote them, with leading zeros. Absent entities have no key. */
export type Entities = {
  orderId?: string;
  invoiceId?: string;
  amount?: Money;
  /** What the customer spends in a year. */
  yearlyValue?: Money;
  seats?: number;
  accountType?: string;
};

const NUMBER = String.raw`(?<whole>\d{1,3}(?:,\d{3})+|\d+)(?<cents>\.\d{1,2})?(?<kilo>k)?`;
const PERIOD = String.raw`(?:\s*(?:\/|a|per|each|every)\s*(?<per>year|month)|\s+(?<ly>annually|yearly|monthly))?`;
const MONEY = [
  String.raw`(?<sign>[$€£])\s?${NUMBER}\b${PERIOD}`,
  String.raw`(?<![$€£\d.,#])${NUMBER}\s?(?<sign>dollars?|usd|euros?|eur|pounds?|gbp|€|£)${PERIOD}`,
].map((source) => new RegExp(source, "gi"));

const ID = String.raw`(?:\s+(?:number|nr|no|id|is|was|with|the))*[\s.:#(]*((?:[A-Z]{1,4}-)?\d{4,})\b`;
const ORDER_ID = new RegExp(String.raw`\b(?:orders?|purchases?)${ID}`, "i");
const INVOICE_ID = new RegExp(String.raw`\b(?:invoices?|bills?|receipts?)${ID}`, "i");
const NUMBERED = /(?<![\p{L}\d-])#(\d{4,})\b/u;
/** Shorter numbers are years and amounts. */
const LONG_NUMBER = /(?<![$€£\d.,+-])\b(\d{6,})\b(?![.,]?\d)/;
const SEATS = /\b(\d[\d,]*)\s+(?:seats|users|licen[cs]es|employees|staff)\b/i;
const ACCOUNT_TYPE =
  /\b(free|freemium|basic|standard|pro|premium|gold|platinum)\s+(?:account|profile|user|plan|tier|membership)/i;

export function entitiesIn(text: string): Entities {
  const first = (pattern: RegExp, from = text): string | undefined => pattern.exec(from)?.[1];
  const sums = moneyIn(text);
  const invoice = first(INVOICE_ID);
  const orderId = first(ORDER_ID) ?? first(LONG_NUMBER, text.replace(invoice ?? "", ""));
  const seats = first(SEATS)?.replaceAll(",", "");
  const all: Record<keyof Entities, unknown> = {
    orderId,
    invoiceId: invoice ?? (orderId === undefined ? first(NUMBERED) : undefined),
    amount: sums.find(({ yearly }) => !yearly)?.money,
    yearlyValue: sums.find(({ yearly }) => yearly)?.money,
    seats: seats === undefined ? undefined : Number(seats),
    accountType: first(ACCOUNT_TYPE)?.toLowerCase(),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The sums in a text, in order; those per month are multiplied to a year. */
export function moneyIn(text: string): { money: Money; yearly: boolean }[] {
  return MONEY.flatMap((pattern) => [...text.matchAll(pattern)])
    .toSorted((a, b) => a.index - b.index)
    .map(({ groups = {} }) => {
      const { whole = "", cents = "", kilo, sign = "", per, ly } = groups;
      const period = per ?? ly;
      const times = (kilo === undefined ? 1 : 1_000) * (/^month/i.test(period ?? "") ? 12 : 1);
      const value = Math.round(Number(whole.replaceAll(",", "") + cents) * times * 100) / 100;
      return { money: { value, currency: currencyOf(sign) }, yearly: period !== undefined };
    });
}

function currencyOf(sign: string): Money["currency"] {
  if (/^(€|eur)/i.test(sign)) return "EUR";
  return /^(£|pound|gbp)/i.test(sign) ? "GBP" : "USD";
}

export function formatMoney({ value, currency }: Money): string {
  const digits = Number.isInteger(value) ? 0 : 2;
  const bounds = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat("en-US", { style: "currency", currency, ...bounds }).format(value);
}
