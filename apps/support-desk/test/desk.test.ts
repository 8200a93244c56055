import { MemoryStorage, type SystemContext } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { afterAll, describe, expect, it } from "vitest";
import { type DecisionMaker, rulesDecide } from "../src/desk/decision-maker.ts";
import { itemsOf, type JoiningRecord, keyOf } from "../src/desk/records.ts";
import { collect } from "../src/report/facts.ts";
import { answersOnce, closeAll, generatedTickets, never, newDesk, quietRun } from "./support.ts";

afterAll(closeAll);

/** Counts the items of a kind that named a specialist before it recorded that it had joined. */
async function countNamed(
  system: SystemContext,
  kind: "escalation" | "strategy",
  name: string,
): Promise<number> {
  const joining = await system.getItem(keyOf("joining", name));
  let count = 0;
  for await (const { subscribers, createdAt } of itemsOf(system, kind))
    if (subscribers.includes(name) && createdAt <= (joining?.createdAt ?? 0)) count++;
  return count;
}

describe("a desk", () => {
  it("answers every ticket once, and shows private items to named agents only", async () => {
    const desk = newDesk();
    const tickets = generatedTickets(110);
    await desk.work(tickets, never);
    await answersOnce(desk.mesh, tickets);
    const labels = new Map([["0000001", { category: "ORDER", intent: "cancel_order" }]]);
    const { privacy, sight, accuracy, joinings } = await collect(desk.mesh, labels, quietRun);
    expect(privacy).toMatchObject({ items: 60, reads: 60 * privacy.agents, leaks: [] });
    expect(privacy.byNamed).toBeGreaterThan(privacy.items);
    expect(accuracy).toEqual({ graded: 1, right: 1 });
    const visitor = sight.find(({ agent }) => agent === "Visitor");
    expect(visitor).toMatchObject({ ticket: 110, escalation: 0, strategy: 0 });
    const { name, saw } = joinings.at(-1) as JoiningRecord;
    expect(name).toBe("Specialist-4");
    expect(Math.min(saw.ticket, saw.case)).toBeGreaterThan(0);
    // Triage and the manager go on while it joins, and may name it once it has subscribed.
    for (const kind of ["escalation", "strategy"] as const)
      expect(saw[kind]).toBeLessThanOrEqual(await countNamed(desk.mesh.system, kind, name));
  });

  it("reports a private item that an agent sees without being named", async () => {
    const desk = newDesk();
    await desk.work(generatedTickets(11), never);
    const key = "escalation:0000009";
    const { value } = (await desk.mesh.system.getItem(key)) ?? {};
    await desk.mesh.system.push(key, value, { topics: ["tickets"], subscribers: ["Manager"] });
    const { privacy } = await collect(desk.mesh, new Map(), quietRun);
    expect(privacy.leaks).toContain(`Visitor got ${key}, which does not name it`);
  });

  it("accepts a file that has grown, after any time", async () => {
    const clock = manualClock();
    const desk = newDesk({ storage: new MemoryStorage({ clock }) });
    await desk.work(generatedTickets(11), never);
    clock.advance("400d");
    await desk.mesh.compact();
    await desk.work(generatedTickets(22), never);
    const { items, events } = await desk.mesh.stats();
    await desk.work(generatedTickets(22), never);
    expect(await desk.remains()).toEqual({ tickets: 22, answered: 22, held: 0 });
    expect(await desk.mesh.stats()).toMatchObject({ items, events });
  });

  it("refuses a known id with another text", async () => {
    const desk = newDesk();
    await desk.work([{ id: "1", text: "Cancel my order." }], never);
    const again = desk.work([{ id: "1", text: "Where is my order?" }], never);
    await expect(again).rejects.toThrow(/Ticket 1 is already on this mesh/);
  });

  it("stops in order, and resumes later", async () => {
    const stop = new AbortController();
    const desk = newDesk();
    await desk.work(generatedTickets(330), stop.signal, ({ answered }) => {
      if (answered > 0) stop.abort();
    });
    const { answered, held } = await desk.remains();
    expect([answered > 0, answered < 330, held]).toEqual([true, true, 0]);
    await desk.work(generatedTickets(330), never);
    expect(await desk.remains()).toMatchObject({ answered: 330, held: 0 });
  });
});

it.concurrent("extends leases while an agent decides", async () => {
  const asked: string[] = [];
  const slow: DecisionMaker = {
    decide(kind, on, task) {
      asked.push(task.lease.key);
      // One is of a task on a topic, the other of a task by its name.
      const isSlow = kind === "answer" || kind === "authorise";
      return rulesDecide(isSlow ? 3_000 : 0).decide(kind, on, task);
    },
  };
  const desk = newDesk({ decisions: slow, leaseMs: 2_000 });
  await desk.work(generatedTickets(11), never);
  await answersOnce(desk.mesh, generatedTickets(11));
  expect(asked).toHaveLength(new Set(asked).size);
});

it.concurrent.each(["answer", "authorise"])(
  "repeats a decision to %s that fails, and ends after three times",
  async (failing) => {
    const failingTimes = (times: number): DecisionMaker => ({
      async decide(kind, on, task) {
        if (kind === failing && times-- > 0) throw new Error("no thought came");
        return rulesDecide().decide(kind, on, task);
      },
    });
    const [once, always] = [1, 1_000].map((times) => newDesk({ decisions: failingTimes(times) }));
    const message = /failed at "(case|escalation):\d+" 3 times: no thought came/;
    const failure = { name: "DeskError", message: expect.stringMatching(message) };
    await Promise.all([
      once?.work(generatedTickets(11), never),
      expect(always?.work(generatedTickets(11), never)).rejects.toMatchObject(failure),
    ]);
    expect(await once?.remains()).toMatchObject({ answered: 11 });
  },
);
