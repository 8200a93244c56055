import type { Conversation, Play, PlayedCall, Turn } from "@syntha/testing-model-server";

import type {
  CaseRecord,
  EscalationRecord,
  StrategyRecord,
  TicketRecord,
} from "../src/desk/records.ts";
import { rules } from "../src/mind.ts";

type Decide = (record: never) => object;

/**
 * What a model that thinks like the desk's rules hands in, by the tool that it was offered. It knows nothing but the item
 * that it read.
 */
const decisions: Readonly<Record<string, Decide>> = {
  decide_triage: (ticket: TicketRecord) => {
    const { category, intent, urgency, angry, reason, steering, entities } = rules.triage(ticket);
    return {
      category,
      intent,
      urgency,
      angry,
      reason: reason ?? null,
      steering,
      order_id: entities.orderId ?? null,
      invoice_id: entities.invoiceId ?? null,
      amount: entities.amount ?? null,
      yearly_value: entities.yearlyValue ?? null,
      seats: entities.seats ?? null,
      account_type: entities.accountType ?? null,
      person: entities.person ?? null,
    };
  },
  send_answer: (found: CaseRecord) => ({ text: rules.answer(found, found.triage) }),
  authorise_offer: ({ triage }: EscalationRecord) => {
    const { discountPercent, credit, callBack, note } = rules.authorise(triage);
    return {
      discount_percent: discountPercent,
      credit: credit ?? null,
      call_back: callBack,
      note,
    };
  },
  send_offer: (strategy: StrategyRecord) => ({
    text: rules.retain(strategy, strategy.triage, strategy.allowed),
  }),
};

/** Reads the item that it is asked about, and decides on what it was told. */
export const playDesk: Play = (conversation) => {
  const key = keyAsked(conversation);
  const told = conversation.results.map((result) => contextIn(result)?.[key]);
  const record = told.find((value) => value !== undefined) ?? inPrompt(conversation, key);
  if (record === undefined) return { calls: [readCall(key)] };
  return { calls: [decisionCall(conversation, record)] };
};

export const readCall = (key: string): PlayedCall => ({
  name: "get_context",
  arguments: { keys: [key], prefix: null, page: null },
});

/** The call by which the model decides as the rules do. */
function decisionCall(conversation: Conversation, record: unknown): PlayedCall {
  const name = toolThatDecides(conversation);
  return { name, arguments: (decisions[name] as Decide)(record as never) };
}

/** @throws Error when there is none, which the server answers with 400 */
function toolThatDecides({ tools }: Conversation): string {
  const name = [...tools.keys()].find((each) => each in decisions);
  if (name === undefined) throw new Error("No tool decides.");
  return name;
}

/** The key that the model is asked about. It must not be told more. */
function keyAsked({ asked }: Conversation): string {
  const key = /"(?:ticket|case|escalation|strategy):(?:[^"\\]|\\.)*"/.exec(asked)?.[0];
  if (key === undefined) throw new Error(`No key was asked about: ${asked}`);
  return JSON.parse(key) as string;
}

/** What stands in the fence of the question, if it has one. */
function inPrompt({ asked }: Conversation, key: string): unknown {
  const fenced = /<context mark="(\w+)">\n([^]*)\n<\/context mark="\1">/.exec(asked)?.[2];
  const items = (fenced?.split("\n") ?? []).map(
    (line) => JSON.parse(line) as { key?: string; value?: unknown },
  );
  return items.find((item) => item.key === key)?.value;
}

/** Undefined for what tells of no context, such as a framework's own words. */
function contextIn(result: string): Record<string, unknown> | undefined {
  if (!result.startsWith("{")) return undefined;
  const { context } = JSON.parse(result) as { context?: Record<string, unknown> };
  return context;
}

/** A model that does something else on some of its turns; undefined is what the desk would do. */
export function playing(turn: (conversation: Conversation, key: string) => Turn | undefined): Play {
  return (conversation) => turn(conversation, keyAsked(conversation)) ?? playDesk(conversation);
}
