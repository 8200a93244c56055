import type { CompleteResult } from "@modelcontextprotocol/server";
import { type AgentContext, isSynthaError } from "@syntha/core";
import { URI_TEMPLATES } from "../resources/resource-uri.ts";

/** The most values that the protocol allows. */
const MAX_VALUES = 100;

/** Completes a variable of one of our templates. `total` is given only where it is known. */
export async function completeVariable(
  agent: AgentContext,
  template: string,
  variable: string,
  prefix: string,
): Promise<CompleteResult["completion"]> {
  try {
    if (template === URI_TEMPLATES.item && variable === "key") return await keys(agent, prefix);
    if (template === URI_TEMPLATES.topic && variable === "topic")
      return await topics(agent, prefix);
  } catch (error) {
    // No name starts with it.
    if (!isSynthaError(error, "INVALID_TEXT") && !isSynthaError(error, "TOO_LARGE")) throw error;
  }
  return toCompletion([], undefined);
}

/** Of items that the agent sees. */
async function keys(agent: AgentContext, prefix: string): Promise<CompleteResult["completion"]> {
  const { items, nextPage } = await agent.list({ prefix, values: false, limit: MAX_VALUES });
  return toCompletion(
    items.map(({ key }) => key),
    nextPage,
  );
}

/** That the agent may use. */
async function topics(agent: AgentContext, prefix: string): Promise<CompleteResult["completion"]> {
  const { topics: found, nextPage } = await agent.topics({ prefix, limit: MAX_VALUES });
  return toCompletion(
    found.map(({ name }) => name),
    nextPage,
  );
}

function toCompletion(
  values: string[],
  nextPage: string | undefined,
): CompleteResult["completion"] {
  const hasMore = nextPage !== undefined;
  return { values, hasMore, ...(!hasMore && { total: values.length }) };
}
