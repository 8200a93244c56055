import { ModelServer, type Play, type ScriptedCall } from "@syntha/testing-model-server";
import { rules } from "../src/desk/decision-maker.ts";
import type { Desk } from "../src/desk/desk.ts";
import { itemsOf, type StrategyRecord, TASKS } from "../src/desk/records.ts";
import { type ModelChoice, WAYS } from "../src/model/model-choice.ts";
import { modelDecides } from "../src/model/model-decisions.ts";
import { sumUsage, type Usage } from "../src/model/usage.ts";
import type { Triage } from "../src/rules/triage.ts";
import { closeLater, newDesk } from "./support.ts";

/** Every way to a model. */
export const everyWay = (["openai", "anthropic"] as const).flatMap((provider) =>
  WAYS[provider].map((through) => ({ provider, through })),
);

/** What a model that decides like the rules hands in, by the tool that it was offered. */
const decisions: Readonly<Record<string, (on: StrategyRecord) => object>> = {
  decide_triage: (on) => toAnswer(rules.triage(on)),
  send_answer: (on) => ({ text: rules.answer(on) }),
  authorise_offer: (on) => ({ credit: null, ...rules.authorise(on) }),
  send_offer: (on) => ({ text: rules.retain(on) }),
};

export function toAnswer({ entities, escalate: _escalate, ...triage }: Triage): object {
  const names = ["orderId", "invoiceId", "amount", "yearlyValue", "seats", "accountType"];
  const none = Object.fromEntries(names.map((name) => [name, null]));
  return { reason: null, ...triage, entities: { ...none, ...entities } };
}

export const readCall = (key: string): ScriptedCall => ({
  name: "get_context",
  arguments: { keys: [key], prefix: null, page: null },
});

/** Reads the item that it is asked about, and decides on it. It knows nothing else. */
export const playDesk: Play = ({ asked, results, tools }) => {
  const key = JSON.parse(/"\w+:(?:[^"\\]|\\.)*"/.exec(asked)?.[0] ?? '""') as string;
  const contexts = results
    .filter((result) => result.startsWith("{"))
    .map((result) => JSON.parse(result) as { context?: Record<string, StrategyRecord> });
  const on = contexts.map(({ context }) => context?.[key]).find(Boolean);
  const [name, decide] = Object.entries(decisions).find(([tool]) => tools.has(tool)) ?? [];
  if (name === undefined || decide === undefined) throw new Error("No tool decides.");
  return { calls: [on === undefined ? readCall(key) : { name, arguments: decide(on) }] };
};

/** A model that does something else on some of its turns; undefined is what the desk would do. */
export const playing =
  (turn: (conversation: Parameters<Play>[0]) => ReturnType<Play> | undefined): Play =>
  (conversation) =>
    turn(conversation) ?? playDesk(conversation);

export async function playedServer(play: Play = playDesk): Promise<ModelServer> {
  return closeLater(await ModelServer.start(play));
}

/** A desk whose model is played, and what the model used. */
export async function deskOn(play: Play, more: Partial<ModelChoice> = {}) {
  const server = await playedServer(play);
  const { provider = "openai" } = more;
  const baseUrl = provider === "openai" ? server.openaiUrl : server.anthropicUrl;
  const choice = { provider, name: "played", through: "sdk", baseUrl, ...more } as const;
  const all: Usage[] = [];
  const desk = newDesk({ decisions: await modelDecides(choice, (usage) => all.push(usage)) });
  const usage = () => sumUsage(all.map((each) => ({ ...each, agent: "all" })))[0];
  return { desk, usage };
}

/** All items with who may see them: what must not depend on who decides. Which specialists had joined is chance. */
export async function decidedOn({ mesh }: Desk): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const kind of TASKS) {
    for await (const item of itemsOf<object>(mesh.system, kind)) {
      const { key, value, topics, subscribers, global } = item;
      const named = subscribers.filter((name) => !name.startsWith("Specialist-"));
      found[key] = { value: { ...value, specialists: [] }, topics, named, global };
    }
  }
  return found;
}
