import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { categoryOf, intents } from "../src/rules/intents.ts";
import { answer, authorise, retain } from "../src/rules/replies.ts";
import { REASONS, type Triage, triage } from "../src/rules/triage.ts";
import { readTickets } from "../src/tickets.ts";

type Case = { text: string; found: Partial<Triage> };
const lines = readFileSync(new URL("cases/triage.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const cases = lines.map((line) => JSON.parse(line) as Case);

describe("triage", () => {
  it.each(cases)("finds $found in $text", ({ text, found }) => {
    const result = triage({ id: "", text });
    expect(result).toMatchObject(found);
    expect(result.entities).toEqual(found.entities ?? result.entities);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result.category).toBe(categoryOf(result.intent));
  });

  it("has a case for every intent and reason", () => {
    const found = (name: "intent" | "reason") => new Set(cases.map((each) => each.found[name]));
    expect(found("intent")).toEqual(new Set([...intents, undefined]));
    expect(found("reason")).toEqual(new Set([...REASONS, undefined]));
  });
});

// A perfect score would mean that the rules were written to these tickets.
it("triages at least 88 % of the own tickets like their labels", async () => {
  const path = fileURLToPath(new URL("../data/tickets.jsonl", import.meta.url));
  const { tickets, labels } = await readTickets(path);
  expect(labels.size).toBe(tickets.length);
  const results = tickets.map((ticket) => ({ ...triage(ticket), label: labels.get(ticket.id) }));
  const right = results.filter(({ intent, label }) => intent === label?.intent);
  expect(right.length / tickets.length).toBeGreaterThanOrEqual(0.88);
  expect(new Set(results.flatMap(({ reason }) => reason ?? []))).toEqual(new Set(REASONS));
  expect(results.filter(({ steering }) => steering)).toHaveLength(2);
});

describe("replies", () => {
  const of = (text: string) => {
    const on = { id: "0000009", text, triage: triage({ id: "0000009", text }), specialists: [] };
    const allowed = authorise(on);
    return { allowed, answer: answer(on), offer: retain({ ...on, allowed }), on };
  };

  it("answer every intent, and name the case", () => {
    for (const intent of intents) {
      const { on } = of("hello");
      const text = answer({ ...on, triage: { ...on.triage, intent } });
      expect(text).toMatch(/^[A-Z][^{}]+ Your case is 0000009\.$/);
      expect(text).not.toMatch(/undefined|NaN/);
    }
    expect(of("Cancel order 0004512.").answer).toMatch(/^(?!We are sorry).*order 0004512/);
    expect(of("Cancel the damn order 0004512.").answer).toMatch(/^We are sorry/);
  });

  it.each([
    ["Fix it or I take my business elsewhere.", /10% off/],
    ["We have 400 seats. Fix it or we take our business elsewhere.", /20% off.*call/],
    ["Where is my bloody refund of $120?", /\$12 of credit/],
    ["Where is my bloody refund of €9,000?", /€50 of credit/],
    ["My lawyer wants the $900 refund, or I leave you.", /^(?!.*(credit|% off))/],
  ])("offer for %j what the manager allows: %s", (text, offer) => {
    const { on, offer: given } = of(text);
    expect(given).toMatch(offer);
    const nothing = { discountPercent: 0, callBack: false, note: "" };
    expect(retain({ ...on, allowed: nothing })).not.toMatch(/credit|% off|call/);
  });
});
