import type { LogEntry } from "../log/change.ts";
import type { ItemRow } from "../model/item-row.ts";
import { reasons, type Actor, type Reason } from "../route/visibility.ts";
import type { AgentRecord } from "../storage/query.ts";

export type InvisibilityReason = "absent" | "deleted" | "expired" | "not addressed";

/** Why an item is visible, or not. */
export interface Explanation {
  readonly key: string;
  /** The agent that it is about; undefined for the system. */
  readonly agent: string | undefined;
  readonly visible: boolean;
  /** Every reason for which it is visible. */
  readonly reasons: readonly Reason[];
  /** Why it is not visible. An agent's own explanation has only `absent`, for all that it does not see. */
  readonly notVisibleBecause: InvisibilityReason | undefined;
  /** Topics of the item that would show it, if the agent subscribed and may. Always empty in an agent's own explanation. */
  readonly topicsToSubscribe: readonly string[];
  /** The explanation as a sentence. */
  readonly text: string;
}

export function explainVisible(
  agent: Actor,
  key: string,
  row: ItemRow,
  subscriptions: readonly string[],
): Explanation {
  const found = reasons(agent, row, (topic) => subscriptions.includes(topic));
  const text = `${agent ?? "The system"} sees "${key}" because ${found.map((reason) => spell(reason)).join(", and because ")}.`;
  return {
    key,
    agent: agent ?? undefined,
    visible: true,
    reasons: found,
    notVisibleBecause: undefined,
    topicsToSubscribe: [],
    text,
  };
}

/** Explains to the system whether an agent sees an item that exists. */
export function explainFor(agent: AgentRecord, key: string, row: ItemRow): Explanation {
  const { subscriptions, permissions } = agent;
  const visible = explainVisible(agent.name, key, row, subscriptions);
  if (visible.reasons.length > 0) return visible;
  const allowed = permissions?.subscribe ?? "*";
  const topicsToSubscribe =
    allowed === "*" ? [...row.topics] : row.topics.filter((topic) => allowed.includes(topic));
  const parts = [
    row.topics.length > 0
      ? `it is not subscribed to ${list(row.topics)}`
      : "the item is on no topic",
    row.subscribers.length > 0
      ? `the item names ${list(row.subscribers)} instead`
      : "the item names no agent",
    row.owner === null ? "the system owns it" : `${row.owner} owns it`,
  ];
  const advice =
    topicsToSubscribe.length > 0 ? ` Subscribing to ${list(topicsToSubscribe)} would show it.` : "";
  const text = `${agent.name} does not see "${key}": ${parts.join("; ")}.${advice}`;
  return {
    key,
    agent: agent.name,
    visible: false,
    reasons: [],
    notVisibleBecause: "not addressed",
    topicsToSubscribe,
    text,
  };
}

/** Explains to the system why a key holds nothing, by the last entry of its history. */
export function explainRemoved(
  agent: string,
  key: string,
  last: LogEntry | undefined,
): Explanation {
  const explanation = (notVisibleBecause: InvisibilityReason, text: string): Explanation => ({
    ...explainAbsent(agent, key),
    notVisibleBecause,
    text,
  });
  if (
    last?.change.type === "put" ||
    last?.change.type === "lease" ||
    last?.change.type === "expire"
  ) {
    return explanation("expired", `"${key}" has expired.`);
  }
  if (last?.change.type === "delete") {
    const by = last.actor ?? "the system";
    return explanation(
      "deleted",
      `"${key}" was deleted by ${by} at ${new Date(last.at).toISOString()}.`,
    );
  }
  return explanation("absent", `There is no item "${key}".`);
}

/** An agent can't tell an item that it does not see from one that does not exist. */
export function explainAbsent(agent: Actor, key: string): Explanation {
  const text = `There is no item "${key}"${agent === null ? "" : ` for ${agent}`}.`;
  return {
    key,
    agent: agent ?? undefined,
    visible: false,
    reasons: [],
    notVisibleBecause: "absent",
    topicsToSubscribe: [],
    text,
  };
}

function spell(reason: Reason): string {
  switch (reason.kind) {
    case "system":
      return "the system sees everything";
    case "global":
      return "it is for everyone";
    case "owner":
      return "it set its route, and so owns it";
    case "subscriber":
      return "it is named";
    case "topic":
      return `it is subscribed to ${list(reason.topics)}`;
  }
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
