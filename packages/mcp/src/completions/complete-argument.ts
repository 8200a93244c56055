import type { AgentContext } from "@syntha/core";
import { BUDGETS } from "../prompts/budget.ts";
import { completeKey, type Completion, toCompletion } from "./complete-names.ts";

/** Completes an argument of a prompt: a key that the agent sees, or a budget. */
export async function completeArgument(
  agent: AgentContext,
  prompt: string,
  argument: string,
  prefix: string,
): Promise<Completion> {
  if (prompt === "review" && argument === "key") return completeKey(agent, prefix);
  return toCompletion(
    argument === "budget" ? BUDGETS.filter((budget) => budget.startsWith(prefix)) : [],
  );
}
