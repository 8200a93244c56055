import { MemoryStorage } from "@syntha/core";
import type { ModelServer, Play } from "@syntha/test-models";
import { playModel } from "@syntha/test-models/vitest";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { Desk, type DeskOptions } from "../src/desk/desk.ts";
import { itemsOf } from "../src/desk/items-of.ts";
import { type Kind, tasks } from "../src/desk/records.ts";
import { type Mind, rules } from "../src/mind.ts";
import type { ModelChoice } from "../src/model/model-choice.ts";
import { openMind } from "../src/model/open-mind.ts";
import { generatedTickets } from "./generated-tickets.ts";
import { expectEachAnsweredOnce } from "./kept-once.ts";
import { playDesk } from "./played-desk.ts";

const never = new AbortController().signal;
/** One of every kind, three of them escalated. */
const tickets = generatedTickets(12);

/** Every way to a model, by provider. */
const ways: readonly Pick<ModelChoice, "provider" | "through">[] = [
  { provider: "openai", through: "sdk" },
  { provider: "openai", through: "responses" },
  { provider: "openai", through: "run-tools" },
  { provider: "openai", through: "agents" },
  { provider: "openai", through: "langchain" },
  { provider: "openai", through: "ai-sdk" },
  { provider: "anthropic", through: "sdk" },
  { provider: "anthropic", through: "run-tools" },
  { provider: "anthropic", through: "ai-sdk" },
];

function choiceOn(server: ModelServer, more: Partial<ModelChoice> = {}): ModelChoice {
  const { provider = "openai" } = more;
  return {
    provider,
    name: "played",
    through: "sdk",
    baseUrl: provider === "openai" ? server.openaiUrl : server.anthropicUrl,
    stream: false,
    parallel: 8,
    fallback: undefined,
    transcript: undefined,
    ...more,
  };
}

function newDesk(mind: Mind, more: Partial<DeskOptions> = {}): Desk {
  const desk = new Desk({
    storage: new MemoryStorage(),
    mind,
    specialists: 4,
    leaseSeconds: 5,
    onProgress: () => {},
    ...more,
  });
  onTestFinished(() => desk.mesh.close());
  return desk;
}

async function deskOn(play: Play, more: Partial<ModelChoice> = {}): Promise<Desk> {
  const server = await playModel(play);
  return newDesk(await openMind(choiceOn(server, more), rules));
}

/** All items that somebody decided on, with who may see them: what must not depend on who decides. */
async function decidedOn(desk: Desk): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const kind of [...tasks, "escalation"] satisfies Kind[]) {
    for await (const { key, value, topics, subscribers, global } of itemsOf(desk.mesh, kind)) {
      // Which specialists had joined when it came is chance.
      const named = subscribers.filter((name) => !name.startsWith("Specialist-"));
      const { specialists: _, ...rest } = value as { specialists?: unknown };
      found[key] = { value: rest, topics, named, global };
    }
  }
  return found;
}

let byRules: Record<string, unknown>;
let answersByRules: Map<string, string>;
beforeAll(async () => {
  const desk = new Desk({
    storage: new MemoryStorage(),
    mind: rules,
    specialists: 4,
    leaseSeconds: 5,
    onProgress: () => {},
  });
  await desk.work(tickets, never);
  byRules = await decidedOn(desk);
  answersByRules = await expectEachAnsweredOnce(desk.mesh, tickets);
  await desk.mesh.close();
});

describe.each(ways)("a model of $provider through $through", ({ provider, through }) => {
  it.each([false, true])(
    "decides as it would anywhere, streamed: %s",
    { timeout: 60_000 },
    async (stream) => {
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
    },
  );
});
