import { ModelServer } from "@syntha/testing-model-server";
import { describe, expect, it, vi } from "vitest";

import type { Desk } from "../src/desk/desk.ts";
import { DeskError } from "../src/desk/desk-error.ts";
import { generatedTickets } from "./generated-tickets.ts";
import { expectEachAnsweredOnce } from "./kept-once.ts";
import { choiceOn, deskBy, deskOn, never, ways } from "./model-desk.ts";
import { playDesk, playing, readCall } from "./played-desk.ts";

// Most of the time, SDKs wait between their requests.
vi.setConfig({ maxConcurrency: 20 });
/** At once, so that no test waits for what SDKs wait between requests. */
const retryAfterSeconds = 0.01;
const modelOf = (desk: Desk) => desk.workplace.meter.model.total();
const error = (status: number) => ({
  error: { status, message: "The played server says no.", retryAfterSeconds },
});

describe.concurrent.each(ways)("a model of $provider through $through", (way) => {
  it.for([
    [401, /refused the key for (openai|anthropic):played: .*says no/, /_API_KEY/],
    [404, /There is no model (openai|anthropic):played at http.*says no/, /--model/],
    [429, /over its rate limit or quota, and stayed so: .*says no/, /--parallel/],
  ] as const)(
    "whose server always says %d ends the desk, which says what to do",

    async ([status, message, hint]) => {
      const desk = await deskOn(() => error(status), way);
      const failure = await desk.work(generatedTickets(1), never).catch((cause: unknown) => cause);
      expect(failure).toBeInstanceOf(DeskError);
      expect(failure).toMatchObject({
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
      // Nothing waits for a lease to end before the desk can go on.
      expect(await desk.remains()).toMatchObject({ held: 0 });
    },
  );

  it("goes on after rate limits and a server that fails for the moment", async () => {
    const trouble = [429, 500, 503];
    const desk = await deskOn(
      (conversation) => {
        const status = trouble.pop();
        return status === undefined ? playDesk(conversation) : error(status);
      },
      { ...way, parallel: 1 },
    );
    await desk.work(generatedTickets(2), never);
    expect(await desk.remains()).toMatchObject({ answered: 2 });
    expect(modelOf(desk)).toMatchObject({ refused: 3, undecided: 0 });
  });

  it("is told what is wrong with its decision, and mends it", async () => {
    const desk = await deskOn(
      playing(({ turns, tools }) => {
        if (turns.length !== 1 || !tools.has("decide_triage")) return undefined;
        return { calls: [{ name: "decide_triage", arguments: { category: "LOST" } }] };
      }),
      way,
    );
    await desk.work(generatedTickets(3), never);
    await expectEachAnsweredOnce(desk.mesh, generatedTickets(3));
    expect(modelOf(desk)).toMatchObject({ decisions: 6, requests: 15, undecided: 0 });
  });

  it("is told so when it calls tools that it has not, and goes on", async () => {
    const told: string[] = [];
    const push = { key: "a", value: "b", global: true };
    const desk = await deskOn(
      playing(({ turns, results }, key) => {
        told.push(...results.slice(1));
        if (turns.length > 0) return undefined;
        const wanted = ["push_context", "send_email"];
        return {
          calls: [readCall(key), ...wanted.map((name) => ({ name, arguments: push }))],
        };
      }),
      way,
    );
    await desk.work(generatedTickets(1), never);
    expect(await desk.remains()).toMatchObject({ answered: 1 });
    expect(await desk.mesh.system.get("a")).toBeUndefined();
    expect(told).toHaveLength(4);
    for (const text of told) expect(text).toMatch(/push_context|send_email/);
  });

  it("is given up when it never decides, and the desk ends", async () => {
    const list = { topic: null, prefix: null, by_topic: null, page: null };
    const desk = await deskOn(() => ({ calls: [{ name: "list_context", arguments: list }] }), way);
    const work = desk.work(generatedTickets(1), never);
    await expect(work).rejects.toMatchObject({
      hint: expect.stringContaining("--fallback rules"),
    });
    await expect(work).rejects.toThrow(
      /Triage failed at "ticket:0000001" 3 times: The model came to no decision in 8 requests/,
    );
    expect(modelOf(desk)).toMatchObject({ decisions: 0, undecided: 3, requests: 24 });
  });

  it("is asked anew when it only talks; rules decide where the user said so", async () => {
    const talk = () => ({ text: "I think that it is about a refund." });
    const desk = await deskOn(talk, way);
    await expect(desk.work(generatedTickets(1), never)).rejects.toThrow(
      /3 times: The model came to no decision .* said: I think that it is about a refund/,
    );
    const lenient = await deskOn(talk, { ...way, fallback: "rules" });
    await lenient.work(generatedTickets(2), never);
    expect(await lenient.remains()).toMatchObject({ answered: 2 });
    expect(modelOf(lenient)).toMatchObject({ decisions: 0, undecided: 4, fallbacks: 4 });
  });
});

describe.concurrent("a server that is not there", () => {
  it.each(ways)("is named: $provider through $through", async (way) => {
    const server = await ModelServer.start(playDesk);
    const choice = choiceOn(server, way);
    await server.close();
    const desk = await deskBy(choice);
    await expect(desk.work(generatedTickets(1), never)).rejects.toMatchObject({
      name: "DeskError",
      message: expect.stringMatching(/can't be reached at http:\/\/127/),
      hint: expect.stringMatching(/base URL/),
    });
  });
});
