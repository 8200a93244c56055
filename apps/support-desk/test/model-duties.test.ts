import { describe, expect, it } from "vitest";

import { answerDuty } from "../src/model/duties/answer.ts";
import { authoriseDuty } from "../src/model/duties/authorise.ts";
import { retainDuty } from "../src/model/duties/retain.ts";
import { triageDuty } from "../src/model/duties/triage.ts";
import { HandIn } from "../src/model/hand-in.ts";

const ticket = { id: "0000007", text: "Where is order 0012345? You took $120 twice." };
const allowed = {
  discountPercent: 10,
  credit: { value: 12, currency: "USD" },
  callBack: false,
  note: "",
} as const;

const triage = {
  category: "ORDER",
  intent: "track_order",
  urgency: "normal",
  angry: false,
  reason: null,
  steering: false,
  order_id: "0012345",
  invoice_id: null,
  amount: { value: 120, currency: "USD" },
  yearly_value: null,
  seats: null,
  account_type: null,
  person: null,
};
const offer = {
  discount_percent: 20,
  credit: { value: 50, currency: "EUR" },
  call_back: true,
  note: "Keep them.",
};

const desks = {
  triage: () => new HandIn(triageDuty, ticket, () => {}),
  answer: () => new HandIn(answerDuty, ticket, () => {}),
  authorise: () => new HandIn(authoriseDuty, undefined, () => {}),
  retain: () => new HandIn(retainDuty, { ...ticket, allowed }, () => {}),
};
type Name = keyof typeof desks;

describe("a decision that the desk takes", () => {
  it.each<[Name, object, unknown]>([
    [
      "triage",
      triage,
      {
        category: "ORDER",
        intent: "track_order",
        urgency: "normal",
        angry: false,
        entities: { orderId: "0012345", amount: { value: 120, currency: "USD" } },
        escalate: false,
        steering: false,
      },
    ],
    [
      "answer",
      { text: " It is on its way. Your case is 0000007. " },
      "It is on its way. Your case is 0000007.",
    ],
    [
      "answer",
      { text: "The 120 USD go back to you. Your case is 0000007." },
      "The 120 USD go back to you. Your case is 0000007.",
    ],
    [
      "authorise",
      offer,
      {
        discountPercent: 20,
        credit: { value: 50, currency: "EUR" },
        callBack: true,
        note: "Keep them.",
      },
    ],
    [
      "retain",
      { text: "10% off, and $12 for the $120 that we took twice. Your case is 0000007." },
      "10% off, and $12 for the $120 that we took twice. Your case is 0000007.",
    ],
  ])("%s: %j", (name, told, decision) => {
    const handIn = desks[name]();
    expect(handIn.tool.take(told)).toEqual({ success: true });
    expect(handIn.decision).toEqual({ value: decision });
    expect(handIn.isOver()).toBe(true);
  });
});

describe("a decision that is handed back", () => {
  it.each<[Name, unknown, RegExp]>([
    ["triage", { ...triage, category: "REFUND" }, /track_order belongs to ORDER, not to REFUND/],
    ["triage", { ...triage, order_id: "99999" }, /"99999" does not stand in the message/],
    ["triage", { ...triage, urgency: "now" }, /urgency: /],
    ["triage", undefined, /expected object/i],
    ["answer", { text: "It is on its way." }, /does not name the case: 0000007/],
    ["answer", { text: "  " }, /empty/],
    ["answer", { text: `0000007 ${"x".repeat(2_000)}` }, /2000 at most/],
    ["authorise", { ...offer, discount_percent: 25 }, /from 0 to 20, not 25/],
    ["authorise", { ...offer, discount_percent: 2.5 }, /whole number/],
    ["authorise", { ...offer, credit: { value: 51, currency: "USD" } }, /at most 50, not \$51/],
    ["authorise", { ...offer, note: "x".repeat(501) }, /more than 500/],
    ["triage", { ...triage, order_id: "" }, /An id is not empty/],
    ["triage", { ...triage, person: "x".repeat(101) }, /person: /],
    ["answer", { text: "Take 90% off. Your case is 0000007." }, /offers 90%, .* allowed 0%/],
    ["answer", { text: "We send you $50. Your case is 0000007." }, /offers \$50, .* no credit/],
    ["retain", { text: "Take ２０％ off. Your case is 0000007." }, /offers 20%, .* allowed 10%/],
    ["retain", { text: "You get USD 500. Your case is 0000007." }, /offers \$500, .* allowed \$12/],
    ["retain", { text: "Take 20% off. Your case is 0000007." }, /offers 20%, .* allowed 10%/],
    ["retain", { text: "We give you $60. Your case is 0000007." }, /offers \$60, .* allowed \$12/],
    ["retain", { text: "Half the price: 50 percent. Your case is 0000007." }, /offers 50%/],
  ])("%s: %j", (name, told, problem) => {
    const handIn = desks[name]();
    const answer = {
      success: false,
      code: "INVALID_ARGUMENTS",
      error: expect.stringMatching(problem),
    };
    expect(handIn.tool.take(told)).toMatchObject(answer);
    expect([handIn.decision, handIn.isOver()]).toEqual([undefined, false]);
  });

  it("ends it at the third", () => {
    const handIn = desks.answer();
    for (let i = 0; i < 3; i++) handIn.tool.take({});
    expect([handIn.isOver(), handIn.wrong, handIn.decision]).toEqual([true, 3, undefined]);
  });
});

it.each(Object.keys(desks) as Name[])("%s: strict modes take the tool that decides", (name) => {
  const objects = objectsIn(desks[name]().tool.parameters);
  expect(objects.length).toBeGreaterThan(0);
  for (const { properties, required, additionalProperties } of objects) {
    expect(additionalProperties).toBe(false);
    expect(required?.toSorted()).toEqual(Object.keys(properties ?? {}).toSorted());
  }
});

type Schema = {
  type?: unknown;
  properties?: object;
  required?: string[];
  additionalProperties?: unknown;
};

function objectsIn(schema: unknown): Schema[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = (schema as Schema).type === "object" ? [schema as Schema] : [];
  return [...own, ...Object.values(schema).flatMap(objectsIn)];
}
