import {
  type Conversation,
  ModelServer,
  type Play,
  type ScriptedCall,
  type Turn,
} from "@syntha/testing-model-server";

import { rules } from "../src/desk/decision-maker.ts";
import type { Desk } from "../src/desk/desk.ts";
import { itemsOf, type StrategyRecord, TASKS } from "../src/desk/records.ts";
import { type ModelChoice, type Provider, waysOf } from "../src/model/model-choice.ts";
import { modelDecisions } from "../src/model/model-decisions.ts";
import type { Triage } from "../src/rules/triage.ts";
import { closeLater, newDesk } from "./support.ts";

const providers: readonly Provider[] = ["openai", "anthropic"];
/** Every way to a model. */
export const everyWay = providers.flatMap((provider) =>
  waysOf(provider).map((through) => ({ provider, through })),
);

/** What a model that decides like the rules hands in, by the tool that it was offered. */
const decisions: Readonly<Record<string, (on: StrategyRecord) => object>> = {
  decide_triage: (on) => toAnswer(rules.triage(on)),
  send_answer: (on) => ({ text: rules.answer(on) }),
  authorise_offer: (on) => ({ credit: null, ...rules.authorise(on) }),
  send_offer: (on) => ({ text: rules.retain(on) }),
};

export function toAnswer({ entities, ...rest }: Triage): object {
  const { escalate: _escalate, ...triage } = rest;
  const names = ["orderId", "invoiceId", "amount", "yearlyValue", "seats", "accountType"];
  const none = Object.fromEntries(names.map((name) => [name, null]));
  return { reason: null, ...triage, entities: { ...none, ...entities } };
}

export const readCall = (key: string): ScriptedCall => ({
  name: "get_context",
  arguments: { keys: [key], prefix: null, page: null },
});

/** Reads the item that it is asked about, by a tool or in the question, and decides on it. It knows nothing else. */
export const playDesk: Play = (conversation) => {
  const key = keyAsked(conversation);
  const { asked, results, tools } = conversation;
  const contexts = results
    .filter((result) => result.startsWith("{"))
    .map((result) => JSON.parse(result));
  const fenced =
    /<context mark="(\w+)">\n([^]*)\n<\/context mark="\1">/.exec(asked)?.[2]?.split("\n") ?? [];
  const inPrompt = fenced.map((line) => JSON.parse(line)).find((item) => item.key === key)?.value;
  const on: StrategyRecord | undefined =
    contexts.map(({ context }) => context?.[key]).find(Boolean) ?? inPrompt;
  const name = [...tools.keys()].find((tool) => tool in decisions);
  if (name === undefined) throw new Error("No tool decides.");
  return { calls: [on === undefined ? readCall(key) : { name, arguments: decisions[name]!(on) }] };
};

/** The key that the model is asked about. */
function keyAsked({ asked }: Conversation): string {
  return JSON.parse(
    /"(?:ticket|case|escalation|strategy):(?:[^"\\]|\\.)*"/.exec(asked)?.[0] ?? "",
  ) as string;
}

/** A model that does something else on some of its turns; undefined is what the desk would do. */
export function playing(turn: (conversation: Conversation) => Turn | undefined | void): Play {
  return (conversation) => turn(conversation) ?? playDesk(conversation);
}

export async function playedServer(play: Play): Promise<ModelServer> {
  return closeLater(await ModelServer.start(play));
}

export function choiceOn(server: ModelServer, more: Partial<ModelChoice> = {}): ModelChoice {
  const { provider = "openai" } = more;
  const baseUrl = provider === "openai" ? server.openaiUrl : server.anthropicUrl;
  const usual = {
    name: "played",
    through: "sdk",
    context: "tools",
    stream: false,
    parallel: 8,
  } as const;
  return { provider, baseUrl, ...usual, ...more };
}

/** A desk whose model is played. */
export async function deskOn(play: Play, more: Partial<ModelChoice> = {}): Promise<Desk> {
  return newDesk({ decisions: await modelDecisions(choiceOn(await playedServer(play), more)) });
}

/** All items with who may see them: what must not depend on who decides. Which specialists had joined is chance. */
export async function decidedOn({ workplace }: Desk): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const kind of TASKS) {
    for await (const { key, value, topics, subscribers, global } of itemsOf<object>(
      workplace.mesh.system,
      kind,
    )) {
      const named = subscribers.filter((name) => !name.startsWith("Specialist-"));
      found[key] = { value: { ...value, specialists: [] }, topics, named, global };
    }
  }
  return found;
}
