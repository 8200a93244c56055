import { MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { afterAll, describe, expect, it } from "vitest";

import { type DecisionMaker, decideByRules, openDecisions } from "../src/desk/decision-maker.ts";
import type { Desk } from "../src/desk/desk.ts";
import { collect } from "../src/report/report.ts";
import { closeAll, generatedTickets, never, newDesk } from "./support.ts";

afterAll(closeAll);

const reportOf = (desk: Desk) =>
  collect({
    desk,
    workers: [],
    labels: new Map([["0000001", { category: "ORDER", intent: "cancel_order" }]]),
    run: { answeredBefore: 0, seconds: 1, thinkingMs: 0, interrupted: false, model: null },
    questions: [{ agent: "Retention", key: "ticket:0000001" }],
    timeline: [],
    storage: { name: "memory", durability: "none", bytes: null },
  });

describe("a desk", () => {
  it("answers every ticket once, and shows private items to named agents only", async () => {
    const desk = newDesk();
    await desk.work(generatedTickets(110), never);
    const { run, states, privacy, accuracy, explanations, ...report } = await reportOf(desk);
    expect(run).toMatchObject({ tickets: 110, answered: 110 });
    expect(states.ticket).toEqual({ open: 0, claimed: 0, done: 110, failed: 0 });
    expect(privacy.items).toBe(60);
    expect(privacy.reads).toBe(privacy.items * privacy.agents);
    expect(privacy.seenByNamed).toBeGreaterThan(privacy.items);
    expect(privacy.leaks).toEqual([]);
    expect(accuracy).toEqual({ graded: 1, right: 1 });
    expect(explanations.at(-1)).toMatchObject({ agent: "Retention", visible: false });
    const visitor = report.sight.find(({ agent }) => agent === "Visitor");
    expect(visitor).toMatchObject({ ticket: 110, escalation: 0, strategy: 0 });
  });

  it("shows a late joiner what is on its topics, and nothing private", async () => {
    const desk = newDesk({ specialists: 2 });
    await desk.work(generatedTickets(110), never);
    const { lateJoiner } = await reportOf(desk);
    expect(lateJoiner).toMatchObject({ name: "Specialist-2", saw: { escalation: 0, strategy: 0 } });
    expect(lateJoiner?.saw.case).toBeGreaterThan(0);
    expect(lateJoiner?.saw.answers).toBeGreaterThan(0);
  });

  it.each([1, 32])("works with %i specialists", async (specialists) => {
    const desk = newDesk({ specialists });
    await desk.work(generatedTickets(33), never);
    const { sight, run } = await reportOf(desk);
    expect(run.answered).toBe(33);
    expect(sight.filter(({ agent }) => agent.startsWith("Specialist-"))).toHaveLength(specialists);
  });

  it("takes a file again that has grown, after any time", async () => {
    const clock = manualClock();
    const desk = newDesk({ storage: new MemoryStorage({ clock }) });
    await desk.work(generatedTickets(11), never);
    clock.advance("400d");
    expect(await desk.workplace.mesh.compact()).toMatchObject({
      floor: (await desk.workplace.mesh.stats()).revision,
    });
    await desk.work(generatedTickets(22), never);
    const { items, events } = await desk.workplace.mesh.stats();
    await desk.work(generatedTickets(22), never);
    expect(await desk.remains()).toEqual({ tickets: 22, answered: 22, held: 0 });
    expect(await desk.workplace.mesh.stats()).toMatchObject({ items, events });
  });

  it("refuses a known id with another text", async () => {
    const desk = newDesk();
    await desk.work([{ id: "1", text: "Cancel my order." }], never);
    const again = desk.work([{ id: "1", text: "Where is my order?" }], never);
    await expect(again).rejects.toThrow(/Ticket 1 is already on this mesh/);
  });

  it("extends leases while it decides", async () => {
    const slow = await openDecisions({ thinkingMs: 400 } as never);
    const desk = newDesk({ decisions: slow, leaseSeconds: 0.2 });
    await desk.work(generatedTickets(11), never);
    const { total } = desk.workplace.meter.figures("task", ["recovered"]);
    expect([await desk.remains(), total.recovered]).toMatchObject([{ answered: 11 }, 0]);
  });

  it("ends in order, and goes on later", async () => {
    const stop = new AbortController();
    const desk = newDesk({ onProgress: ({ answered }) => answered > 0 && stop.abort() });
    await desk.work(generatedTickets(330), stop.signal);
    const { answered, held } = await desk.remains();
    expect([answered > 0, answered < 330, held]).toEqual([true, true, 0]);
    await desk.work(generatedTickets(330), never);
    expect(await desk.remains()).toMatchObject({ answered: 330, held: 0 });
  });
});

describe.each(["answer", "authorise"])("a decision to %s that fails", (failing) => {
  const failingTimes = (times: number): DecisionMaker => ({
    async decide(kind, on) {
      if (kind === failing && times-- > 0) throw new Error("no thought came");
      return decideByRules(kind, on);
    },
  });

  it("is made again", async () => {
    const desk = newDesk({ decisions: failingTimes(1) });
    await desk.work(generatedTickets(11), never);
    expect(await desk.remains()).toMatchObject({ answered: 11 });
  });

  it("ends the desk after three times", async () => {
    const work = newDesk({ decisions: failingTimes(1_000) }).work(generatedTickets(11), never);
    await expect(work).rejects.toMatchObject({
      name: "DeskError",
      message: expect.stringMatching(/failed at "(case|escalation):\d+" 3 times: no thought came/),
    });
  });
});
