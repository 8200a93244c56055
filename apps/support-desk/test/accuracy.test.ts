import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { intents } from "../src/rules/intents.ts";
import { triage } from "../src/rules/triage.ts";
import { readTickets } from "../src/tickets/read-tickets.ts";

const own = fileURLToPath(new URL("../data/tickets.jsonl", import.meta.url));

async function accuracy(path: string) {
  const { tickets, labels } = await readTickets(path);
  const graded = tickets.flatMap(({ id, text }) => {
    const label = labels.get(id);
    return label === undefined ? [] : [{ label, found: triage(text) }];
  });
  const share = (isRight: (one: (typeof graded)[number]) => boolean) =>
    graded.filter(isRight).length / graded.length;
  return {
    category: share(({ label, found }) => label.category === found.category),
    intent: share(({ label, found }) => label.intent === found.intent),
  };
}

describe("the tickets of the example", () => {
  it("are a few dozen, each with a label that triage could give", async () => {
    const { tickets, labels } = await readTickets(own);
    expect(tickets.length).toBeGreaterThanOrEqual(40);
    expect(labels.size).toBe(tickets.length);
    const known = Object.entries(intents).map(([intent, { category }]) => `${category}/${intent}`);
    for (const { category, intent } of labels.values()) {
      expect(known).toContain(`${category}/${intent}`);
    }
  });

  it("show every kind of escalation, and messages that give orders", async () => {
    const { tickets } = await readTickets(own);
    const results = tickets.map(({ text }) => triage(text));
    expect(new Set(results.flatMap(({ reason }) => reason ?? []))).toEqual(
      new Set(["legal_threat", "threatens_to_leave", "asks_for_manager", "angry_about_money"]),
    );
    expect(results.filter(({ steering }) => steering)).toHaveLength(2);
  });

  // Some are hard on purpose: a perfect score would mean that the rules were written to them.
  it("are understood in at least 85 of 100 cases", async () => {
    const { category, intent } = await accuracy(own);
    expect(category).toBeGreaterThanOrEqual(0.85);
    expect(intent).toBeGreaterThanOrEqual(0.85);
  });
});

const given = process.env["SYNTHA_TICKETS"];

it.runIf(given !== undefined)("understands the labelled file in SYNTHA_TICKETS", async () => {
  const { category, intent } = await accuracy(given ?? "");
  console.log(`category ${category.toFixed(4)}, intent ${intent.toFixed(4)}`);
  expect(category).toBeGreaterThanOrEqual(0.9);
  expect(intent).toBeGreaterThanOrEqual(0.85);
});
