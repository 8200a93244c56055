import type { Concept } from "./lexicon.ts";

/** Points, and the headings of the lexicon that one sentence must all touch to earn them. */
type Sign = readonly [points: number, ...all: readonly Concept[]];
type IntentRule = { readonly category: string; readonly signs: readonly Sign[] };

/**
 * What each kind of request looks like. A sentence gives an intent the points of its best sign; the
 * intent with the most points wins, in a tie the one that came up first. More headings are worth
 * more: "cancel my order" (cancel, order) must beat "my order".
 */
export const intents = {
  create_account: {
    category: "ACCOUNT",
    signs: [
      [4, "create", "account"],
      [4, "create", "tier"],
      [5, "create", "tier", "account"],
      [3, "another", "account"],
      [3, "signup", "account"],
      [2, "signup"],
    ],
  },
  delete_account: {
    category: "ACCOUNT",
    signs: [
      [4, "close", "account"],
      [4, "cancel", "account"],
      [4, "cancel", "tier"],
      [2, "unwanted", "account"],
    ],
  },
  edit_account: {
    category: "ACCOUNT",
    signs: [
      [3, "edit", "account"],
      [3, "edit", "tier"],
      [5, "change", "info", "account"],
      [5, "edit", "info"],
      [4, "change", "info"],
    ],
  },
  recover_password: {
    category: "ACCOUNT",
    signs: [
      [3, "password"],
      [5, "password", "recover"],
      [4, "key", "account"],
      [4, "recover", "account"],
      [4, "recover", "key"],
      [4, "lost", "key"],
    ],
  },
  registration_problems: {
    category: "ACCOUNT",
    signs: [
      [4, "problem", "signup"],
      [4, "cannot", "signup"],
      [5, "cannot", "create", "account"],
      [5, "problem", "create", "account"],
    ],
  },
  switch_account: {
    category: "ACCOUNT",
    signs: [
      [4, "change", "account"],
      [3, "change", "tier"],
      [4, "use", "account"],
      [3, "use", "tier"],
    ],
  },
  check_cancellation_fee: {
    category: "CANCELLATION_FEE",
    signs: [
      [5, "cancel", "fee"],
      [5, "close", "fee"],
    ],
  },
  contact_customer_service: {
    category: "CONTACT",
    signs: [
      [3, "service"],
      [4, "service", "contact"],
    ],
  },
  contact_human_agent: {
    category: "CONTACT",
    signs: [
      [3, "human", "contact"],
      [2, "human"],
    ],
  },
  delivery_options: {
    category: "DELIVERY",
    signs: [
      [3, "delivery", "method"],
      [3, "delivery", "accepted"],
      [3, "destination"],
    ],
  },
  delivery_period: {
    category: "DELIVERY",
    signs: [
      [4, "when", "arrive"],
      [3, "when", "delivery"],
      [3, "when", "parcel"],
      [3, "when", "item"],
      [4, "when", "expect", "order"],
      [3, "when", "order"],
    ],
  },
  complaint: {
    category: "FEEDBACK",
    signs: [
      [3, "complaint"],
      [2, "dissatisfied"],
    ],
  },
  review: {
    category: "FEEDBACK",
    signs: [[3, "review"]],
  },
  check_invoice: {
    category: "INVOICE",
    signs: [
      [2, "invoice"],
      [4, "see", "invoice"],
      [4, "locate", "invoice"],
    ],
  },
  get_invoice: {
    category: "INVOICE",
    signs: [[5, "get", "invoice"]],
  },
  newsletter_subscription: {
    category: "NEWSLETTER",
    signs: [
      [5, "newsletter"],
      [2, "subscription"],
    ],
  },
  cancel_order: {
    category: "ORDER",
    signs: [
      [4, "cancel", "order"],
      [3, "unwanted", "order"],
    ],
  },
  change_order: {
    category: "ORDER",
    signs: [
      [3, "change", "order"],
      [3, "edit", "order"],
      [3, "add", "order"],
      [3, "close", "order"],
      [4, "close", "item", "order"],
    ],
  },
  place_order: {
    category: "ORDER",
    signs: [
      [1, "buy"],
      [2, "buy", "item"],
      [2, "create", "order"],
    ],
  },
  track_order: {
    category: "ORDER",
    signs: [
      [4, "status", "order"],
      [3, "locate", "order"],
      [3, "locate", "parcel"],
      [3, "locate", "delivery"],
      [2, "see", "order"],
    ],
  },
  check_payment_methods: {
    category: "PAYMENT",
    signs: [
      [3, "method", "payment"],
      [3, "accepted", "payment"],
    ],
  },
  payment_issue: {
    category: "PAYMENT",
    signs: [
      [4, "problem", "payment"],
      [3, "cannot", "payment"],
      [1, "payment"],
    ],
  },
  check_refund_policy: {
    category: "REFUND",
    signs: [
      [4, "policy", "refund"],
      [4, "policy", "restitution"],
      [5, "cases", "refund"],
      [5, "cases", "restitution"],
      [4, "when", "refund"],
      [4, "when", "restitution"],
    ],
  },
  get_refund: {
    category: "REFUND",
    signs: [
      [3, "refund"],
      [3, "restitution"],
      [4, "ask", "refund"],
      [4, "ask", "restitution"],
    ],
  },
  track_refund: {
    category: "REFUND",
    signs: [
      [5, "expect", "refund"],
      [5, "expect", "restitution"],
      [5, "expect", "sum"],
      [5, "status", "refund"],
      [5, "locate", "refund"],
    ],
  },
  change_shipping_address: {
    category: "SHIPPING_ADDRESS",
    signs: [
      [5, "change", "address"],
      [5, "edit", "address"],
    ],
  },
  set_up_shipping_address: {
    category: "SHIPPING_ADDRESS",
    signs: [
      [3, "delivery", "address"],
      [4, "enter", "address"],
      [4, "another", "address"],
    ],
  },
} as const satisfies Readonly<Record<string, IntentRule>>;

export type Intent = keyof typeof intents;
export type Category = (typeof intents)[Intent]["category"];
