import type { Authorisation } from "../rules/authorisation.ts";
import type { Category, Intent } from "../rules/intents.ts";
import type { Triage } from "../rules/triage.ts";
import type { Urgency } from "../rules/urgency.ts";
import type { Ticket } from "../tickets/ticket.ts";

/** What each kind of item is for, by the beginning of its key; the ticket's id is the rest. */
export const kinds = {
  /** A customer's message: public. Work for Triage. */
  ticket: "ticket:",
  /** A message to answer: for its department. Work for a specialist; done, it holds the answer. */
  case: "case:",
  /** What a manager should see: for agents by name. */
  escalation: "escalation:",
  /** What may be offered to whom: for agents by name. Work for Retention; done, it holds the answer. */
  strategy: "strategy:",
  /** What a specialist saw on joining. */
  joining: "joining:",
} as const;

export type Kind = keyof typeof kinds;

export const plurals: Readonly<Record<Kind, string>> = {
  ticket: "tickets",
  case: "cases",
  escalation: "escalations",
  strategy: "strategies",
  joining: "joinings",
};

/** Kinds whose items name the agents that they are for. */
export const privateKinds = ["escalation", "strategy"] as const satisfies readonly Kind[];

/** Kinds whose items somebody claims and completes. */
export const tasks = ["ticket", "case", "strategy"] as const satisfies readonly Kind[];

export function keyOf(kind: Kind, id: string): string {
  return `${kinds[kind]}${id}`;
}

export function idOf(key: string): string {
  return key.slice(key.indexOf(":") + 1);
}

export type TicketRecord = Ticket & { category?: Category; intent?: Intent; urgency?: Urgency };
export type CaseRecord = Ticket & { triage: Triage; answer?: string };
/** `specialists` are named besides the manager: what the manager decides is for them too. */
export type EscalationRecord = Ticket & { triage: Triage; specialists: string[] };
export type StrategyRecord = Ticket & { triage: Triage } & {
  allowed: Authorisation;
  answer?: string;
};
export type JoiningRecord = {
  name: string;
  at: string;
  topics: string[];
  /** Items that it saw before it did anything, by kind. */
  saw: Record<Exclude<Kind, "joining">, number>;
  /** An answer that was there already; null when it was the first to answer in its departments. */
  example: { key: string; answer: string } | null;
};
