import type { CompleteResult } from "@modelcontextprotocol/server";
import { type AgentContext, isSynthaError } from "@syntha/core";
import { BUDGETS } from "../prompts/budget.ts";

type Completion = CompleteResult["completion"];

/** The most values that the protocol allows. */
const MAX_VALUES = 100;

/** Completes an argument of a prompt: a key that the agent sees, or a budget. */
export async function completeArgument(
  agent: AgentContext,
  prompt: string,
  argument: string,
  start: string,
): Promise<Completion> {
  if (prompt === "review" && argument === "key") return completeKey(agent, start);
  const values = argument === "budget" ? BUDGETS.filter((budget) => budget.startsWith(start)) : [];
  return { values, hasMore: false, total: values.length };
}

async function completeKey(agent: AgentContext, prefix: string): Promise<Completion> {
  try {
    const filter = { prefix, values: false, limit: MAX_VALUES } as const;
    const { items, nextPage } = await agent.list(filter);
    const values = items.map(({ key }) => key);
    const hasMore = nextPage !== undefined;
    return { values, hasMore, ...(!hasMore && { total: values.length }) };
  } catch (error) {
    // No key starts with it.
    if (!isSynthaError(error, "INVALID_TEXT") && !isSynthaError(error, "TOO_LARGE")) throw error;
    return { values: [], hasMore: false, total: 0 };
  }
}
