import type { AgentContext, Item } from "@syntha/core";

import type { Authorisation } from "../rules/replies.ts";
import type { Triage } from "../rules/triage.ts";
import type { Ticket } from "../tickets.ts";

/**
 * The kinds of tasks. An item's key is its kind, a colon and the ticket's id.
 *
 * - `ticket`: a customer's message, public. For Triage.
 * - `case`: a message to answer, for its department. Done, it holds a specialist's answer.
 * - `escalation`: a message for a manager, for agents by name. For Manager.
 * - `strategy`: what may be offered, for agents by name. Done, it holds Retention's answer.
 */
export const TASKS = ["ticket", "case", "escalation", "strategy"] as const;
export type TaskKind = (typeof TASKS)[number];
/** `joining`: what a specialist saw when it joined. */
type Kind = TaskKind | "joining";

export type TicketRecord = Ticket & Partial<Pick<Triage, "category" | "intent" | "urgency">>;
export type CaseRecord = Ticket & { triage: Triage; answer?: string };
/** The manager's decision is also for these specialists. */
export type EscalationRecord = Ticket & { triage: Triage; specialists: string[] };
export type StrategyRecord = CaseRecord & { allowed: Authorisation };
/** `saw` counts items that were visible before the specialist did anything; `answers` are cases that were done. */
export type JoiningRecord = {
  name: string;
  at: string;
  topics: string[];
  saw: Record<TaskKind | "answers", number>;
};

export function keyOf(kind: Kind, id: string): string {
  return `${kind}:${id}`;
}

/** Visible items of a kind, page by page: memory does not grow with their number. */
export async function* itemsOf<T>(
  context: Pick<AgentContext, "list">,
  kind: Kind,
): AsyncGenerator<Item<T>> {
  for (let page: string | undefined; ;) {
    const listing = await context.list({ prefix: keyOf(kind, ""), limit: 1_000, page });
    yield* listing.items as unknown as Item<T>[];
    if (listing.nextPage === undefined) return;
    page = listing.nextPage;
  }
}
