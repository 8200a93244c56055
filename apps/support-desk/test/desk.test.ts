import { MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { describe, expect, it } from "vitest";

import { Desk, type DeskOptions } from "../src/desk/desk.ts";
import { DeskError } from "../src/desk/desk-error.ts";
import { type Mind, rules, slowed } from "../src/mind.ts";
import { collect } from "../src/report/collect.ts";
import { generatedTickets } from "./generated-tickets.ts";

const never = new AbortController().signal;

function newDesk(options: Partial<DeskOptions> = {}): Desk {
  return new Desk({
    storage: new MemoryStorage(),
    mind: rules,
    specialists: 4,
    leaseSeconds: 5,
    onProgress: () => {},
    ...options,
  });
}

const reportOf = (desk: Desk) =>
  collect({
    desk,
    processes: [],
    labels: new Map([["0000001", { category: "ORDER", intent: "cancel_order" }]]),
    run: { answeredBefore: 0, seconds: 1, thinkingMs: 0, interrupted: false, model: null },
    questions: [{ agent: "Retention", key: "ticket:0000001" }],
    timeline: [],
    storage: { choice: { kind: "memory" }, isTemporary: false, durability: "none" },
  });

describe("a desk at work", () => {
  it("answers every ticket once, and shows private items to those whom they name", async () => {
    const desk = newDesk();
    await desk.work(generatedTickets(110), never);
    const report = await reportOf(desk);
    await desk.mesh.close();
    expect(report.run).toMatchObject({ tickets: 110, answered: 110 });
    expect(report.categories.every(({ unanswered }) => unanswered === 0)).toBe(true);
    expect(report.states.find(({ kind }) => kind === "ticket")?.counts).toEqual({
      open: 0,
      claimed: 0,
      done: 110,
      failed: 0,
    });
    expect(report.privacy.items).toBeGreaterThan(30);
    expect(report.privacy.asked).toBe(report.privacy.items * report.privacy.agents);
    expect(report.privacy.seenByNamed).toBeGreaterThan(report.privacy.items);
    expect(report.privacy.leaks).toEqual([]);
    expect(report.accuracy).toMatchObject({ graded: 1, rightCategory: 1, rightIntent: 1 });
    expect(report.explanations.at(-1)).toMatchObject({ agent: "Retention", visible: false });
  });

  it("shows a specialist who joins late what is on its topics, and nothing private", async () => {
    const desk = newDesk({ specialists: 2 });
    await desk.work(generatedTickets(110), never);
    const { newcomer, sight } = await reportOf(desk);
    await desk.mesh.close();
    expect(newcomer).toMatchObject({ name: "Specialist-2" });
    expect(newcomer?.saw.case).toBeGreaterThan(0);
    expect(newcomer?.saw).toMatchObject({ escalation: 0, strategy: 0 });
    expect(newcomer?.example?.answer).toMatch(/Your case is \d+\./);
    expect(sight.find(({ agent }) => agent === "Visitor")?.sees).toMatchObject({
      ticket: 110,
      escalation: 0,
      strategy: 0,
    });
  });

  it.each([1, 32])("works with %i specialists", async (specialists) => {
    const desk = newDesk({ specialists });
    await desk.work(generatedTickets(33), never);
    const { sight } = await reportOf(desk);
    expect(await desk.remains()).toMatchObject({ answered: 33 });
    expect(sight.filter(({ agent }) => agent.startsWith("Specialist-"))).toHaveLength(specialists);
    await desk.mesh.close();
  });

  it("takes no ticket twice when the same file comes again", async () => {
    const desk = newDesk();
    await desk.work(generatedTickets(22), never);
    const { items, events } = await desk.mesh.stats();
    await desk.work(generatedTickets(22), never);
    expect(await desk.remains()).toEqual({ tickets: 22, answered: 22, held: 0 });
    expect(await desk.mesh.stats()).toMatchObject({ items, events });
    await desk.mesh.close();
  });

  it("finds its work done after any time", async () => {
    const clock = manualClock();
    const desk = newDesk({ storage: new MemoryStorage({ clock }) });
    await desk.work(generatedTickets(11), never);
    clock.advance("400d");
    expect(await desk.mesh.compact()).toMatchObject({ floor: (await desk.mesh.stats()).revision });
    await desk.work(generatedTickets(22), never);
    expect(await desk.remains()).toEqual({ tickets: 22, answered: 22, held: 0 });
    await desk.mesh.close();
  });

  it("refuses a ticket whose id stands for another text already", async () => {
    const desk = newDesk();
    await desk.work([{ id: "1", text: "Cancel my order." }], never);
    const again = desk.work([{ id: "1", text: "Where is my order?" }], never);
    await expect(again).rejects.toThrow(/Ticket 1 is on this mesh already/);
    await desk.mesh.close();
  });

  it("keeps what it works on for as long as thinking takes", async () => {
    let thoughts = 0;
    const mind: Mind = {
      ...rules,
      triage: (ticket) => {
        thoughts += 1;
        return rules.triage(ticket);
      },
    };
    const desk = newDesk({ mind: slowed(mind, 400), leaseSeconds: 0.2 });
    await desk.work(generatedTickets(11), never);
    expect(await desk.remains()).toMatchObject({ answered: 11 });
    expect(thoughts).toBe(11);
    await desk.mesh.close();
  });

  it("ends in order when it is told to, and goes on later", async () => {
    const stop = new AbortController();
    const desk = newDesk({ onProgress: ({ answered }) => answered > 0 && stop.abort() });
    await desk.work(generatedTickets(330), stop.signal);
    const { answered, held } = await desk.remains();
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(330);
    expect(held).toBe(0);
    await desk.work(generatedTickets(330), never);
    expect(await desk.remains()).toMatchObject({ answered: 330, held: 0 });
    await desk.mesh.close();
  });
});

describe("a mind that fails", () => {
  const failing = (times: number): Mind => {
    let left = times;
    return {
      ...rules,
      answer: (ticket, triage) => {
        if (left-- > 0) throw new Error("no thought came");
        return rules.answer(ticket, triage);
      },
    };
  };

  it("is asked again", async () => {
    const desk = newDesk({ mind: failing(1) });
    await desk.work(generatedTickets(3), never);
    expect(await desk.remains()).toMatchObject({ answered: 3 });
    await desk.mesh.close();
  });

  it("ends the run when it fails at the same task again and again", async () => {
    const desk = newDesk({ mind: failing(1_000) });
    const work = desk.work(generatedTickets(1), never);
    await expect(work).rejects.toThrow(/failed at "case:0000001" 3 times: no thought came/);
    await expect(work).rejects.toBeInstanceOf(DeskError);
    await desk.mesh.close();
  });
});
