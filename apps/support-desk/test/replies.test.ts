import { describe, expect, it } from "vitest";

import { answer } from "../src/rules/answer.ts";
import { authorise } from "../src/rules/authorisation.ts";
import { type Intent, intents } from "../src/rules/intents.ts";
import { retention } from "../src/rules/retention.ts";
import { type Triage, triage } from "../src/rules/triage.ts";

const replies = (text: string) => {
  const ticket = { id: "0000009", text };
  const result = triage(text);
  const allowed = authorise(result);
  return { answer: answer(ticket, result), allowed, offer: retention(ticket, result, allowed) };
};

describe("a specialist's answer", () => {
  it("exists for every intent and names the case", () => {
    const bare: Triage = triage("hello");
    for (const intent of Object.keys(intents) as Intent[]) {
      const text = answer({ id: "0000009", text: "" }, { ...bare, intent });
      expect(text).toMatch(/^[A-Z].+ Your case is 0000009\.$/);
      expect(text).not.toMatch(/undefined|NaN/);
    }
  });

  it("names the order with its leading zeros", () => {
    expect(replies("Cancel order 0004512.").answer).toContain("order 0004512");
  });

  it("says sorry to those who are angry, and only to them", () => {
    expect(replies("Cancel the damn order 0004512.").answer).toMatch(/^We are sorry/);
    expect(replies("Cancel order 0004512.").answer).not.toMatch(/sorry/);
  });
});

describe("retention offers what the manager authorised", () => {
  it("gives a large account more than a small one", () => {
    const small = replies("Fix it or I take my business elsewhere.");
    const large = replies("We have 400 seats. Fix it or we take our business elsewhere.");
    expect(small.allowed).toMatchObject({ discountPercent: 10, callBack: false });
    expect(large.allowed).toMatchObject({ discountPercent: 20, callBack: true });
    expect(small.offer).toContain("10% off");
    expect(large.offer).toContain("20% off");
  });

  it("gives a tenth of the amount back, up to 50", () => {
    expect(replies("Where is my bloody refund of $120?").offer).toContain("$12 of credit");
    expect(replies("Where is my bloody refund of €9,000?").offer).toContain("€50 of credit");
  });

  it("promises nothing where a lawyer was named", () => {
    const { offer } = replies("My lawyer wants the $900 refund, or I leave you.");
    expect(offer).not.toMatch(/credit|% off/);
  });

  it("offers nothing beyond the authorisation", () => {
    const text = "We have 400 seats. Fix it or we take our business elsewhere.";
    const nothing = { discountPercent: 0, callBack: false, note: "" };
    expect(retention({ id: "1", text }, triage(text), nothing)).not.toMatch(/credit|% off|call/);
  });
});
