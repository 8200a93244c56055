import { beforeAll, describe, expect, it } from "vitest";

import { rules } from "../src/mind.ts";
import { generatedTickets } from "./generated-tickets.ts";
import { expectEachAnsweredOnce } from "./kept-once.ts";
import { decidedOn, deskOf, deskOn, never, ways } from "./model-desk.ts";
import { playDesk } from "./played-desk.ts";

/** One of every kind, three of them escalated. */
const tickets = generatedTickets(12);

let byRules: Record<string, unknown>;
let answersByRules: Map<string, string>;
beforeAll(async () => {
  const desk = deskOf(rules);
  await desk.work(tickets, never);
  byRules = await decidedOn(desk);
  answersByRules = await expectEachAnsweredOnce(desk.mesh, tickets);
  await desk.mesh.close();
});

describe.each(ways)("a model of $provider through $through", ({ provider, through }) => {
  it.each([false, true])("decides as it would anywhere, streamed: %s", async (stream) => {
    const desk = await deskOn(playDesk, { provider, through, stream });
    await desk.work(tickets, never);
    expect(await decidedOn(desk)).toEqual(byRules);
    expect(await expectEachAnsweredOnce(desk.mesh, tickets)).toEqual(answersByRules);
    const { decisions, requests, refused, calls, wrong, undecided, inputTokens, outputTokens } =
      desk.workplace.meter.model.total();
    // Each ticket is triaged and answered; escalations are decided on.
    expect(decisions).toBe(2 * tickets.length + 3);
    expect({ requests, calls }).toEqual({ requests: 2 * decisions, calls: 2 * decisions });
    expect({ refused, wrong, undecided }).toEqual({ refused: 0, wrong: 0, undecided: 0 });
    expect(inputTokens).toBeGreaterThan(0);
    expect(outputTokens).toBeGreaterThan(0);
  });
});

describe.each(ways)("a model of $provider through $through", (way) => {
  it("finds what it decides on in its prompt, fenced, and never among its instructions", async () => {
    const systems = new Set<string>();
    const desk = await deskOn(
      (conversation) => {
        systems.add(conversation.system);
        return playDesk(conversation);
      },
      { ...way, context: "prompt" },
    );
    await desk.work(tickets, never);
    expect(await decidedOn(desk)).toEqual(byRules);
    const { decisions, requests } = desk.workplace.meter.model.total();
    expect([decisions, requests]).toEqual([27, 27]);
    // One for each kind of agent, whatever they decide on.
    expect(systems.size).toBe(4);
  });
});
