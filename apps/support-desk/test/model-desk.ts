import { MemoryStorage } from "@syntha/core";
import { ModelServer, type Play } from "@syntha/testing-model-server";
import { afterAll } from "vitest";

import { Desk, type DeskOptions } from "../src/desk/desk.ts";
import { itemsOf } from "../src/desk/items-of.ts";
import { type Kind, tasks } from "../src/desk/records.ts";
import { type Mind, rules } from "../src/mind.ts";
import type { ModelChoice } from "../src/model/model-choice.ts";
import { openMind } from "../src/model/open-mind.ts";

export const never = new AbortController().signal;

/** Every way to a model, by provider. */
export const ways: readonly Pick<ModelChoice, "provider" | "through">[] = [
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

export function choiceOn(server: ModelServer, more: Partial<ModelChoice> = {}): ModelChoice {
  const { provider = "openai" } = more;
  return {
    provider,
    name: "played",
    through: "sdk",
    baseUrl: provider === "openai" ? server.openaiUrl : server.anthropicUrl,
    context: "tools",
    stream: false,
    parallel: 8,
    fallback: undefined,
    transcript: undefined,
    ...more,
  };
}

/** In memory. Whoever makes it closes its mesh. */
export function deskOf(mind: Mind, more: Partial<DeskOptions> = {}): Desk {
  return new Desk({
    storage: new MemoryStorage(),
    mind,
    specialists: 4,
    leaseSeconds: 5,
    onProgress: () => {},
    ...more,
  });
}

/** What tests that run side by side leave open. */
const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const each of open) await each.close();
});

/** A server that plays a model until the file's tests are over. */
export async function playedServer(play: Play): Promise<ModelServer> {
  const server = await ModelServer.start(play);
  open.push(server);
  return server;
}

/** A desk whose model is played. */
export async function deskOn(play: Play, more: Partial<ModelChoice> = {}): Promise<Desk> {
  return deskBy(choiceOn(await playedServer(play), more));
}

export async function deskBy(choice: ModelChoice): Promise<Desk> {
  const desk = deskOf(await openMind(choice, rules));
  open.push(desk.mesh);
  return desk;
}

/** All items that somebody decided on, with who may see them: what must not depend on who decides. */
export async function decidedOn(desk: Desk): Promise<Record<string, unknown>> {
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
