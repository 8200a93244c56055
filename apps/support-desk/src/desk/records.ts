import { type AgentContext, isSynthaError, type Item } from "@syntha/core";
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
type TaskKind = (typeof TASKS)[number];
/** `joining`: what a specialist saw when it joined. */
type Kind = TaskKind | "joining";

export type TicketRecord = Ticket & Partial<Pick<Triage, "category" | "intent" | "urgency">>;
export type CaseRecord = Ticket & { triage: Triage; answer?: string };
/** The manager's decision is also for these specialists. */
export type EscalationRecord = Ticket & { triage: Triage; specialists: readonly string[] };
export type StrategyRecord = CaseRecord & { allowed: Authorisation };
/** `saw` counts items that were visible before the specialist did anything. */
export type JoiningRecord = {
  name: string;
  at: string;
  topics: readonly string[];
  saw: Record<TaskKind, number>;
};

export function keyOf(kind: Kind, id: string): string {
  return `${kind}:${id}`;
}

/** Visible items of a kind, page by page: memory does not grow with their number. */
export async function* itemsOf<T>(
  agent: Pick<AgentContext, "list">,
  kind: Kind,
): AsyncGenerator<Item<T>> {
  for (let page: string | undefined; ;) {
    const listing = await agent.list({ prefix: keyOf(kind, ""), limit: 1_000, page });
    yield* listing.items as unknown as Item<T>[];
    if (listing.nextPage === undefined) return;
    page = listing.nextPage;
  }
}

/** Creates an item. If an earlier attempt created it, it stays as it is. */
export async function create(
  agent: AgentContext,
  key: string,
  value: unknown,
  route: { topics: string[] } | { subscribers: string[] },
): Promise<void> {
  try {
    await agent.push(key, value, { ...route, ifRevision: 0 });
  } catch (error) {
    if (!isSynthaError(error, "CONFLICT")) throw error;
  }
}
