import type { CompleteResult } from "@modelcontextprotocol/server";
import { type AgentContext, isSynthaError } from "@syntha/core";

export type Completion = CompleteResult["completion"];

/** The most values that the protocol allows. */
const MAX_VALUES = 100;

/** Completes a key to those of items that the agent sees. */
export function completeKey(agent: AgentContext, prefix: string): Promise<Completion> {
  return unlessImpossible(async () => {
    const { items, nextPage } = await agent.list({ prefix, values: false, limit: MAX_VALUES });
    return toCompletion(
      items.map(({ key }) => key),
      nextPage !== undefined,
    );
  });
}

/** Completes a topic to those that the agent may use. */
export function completeTopic(agent: AgentContext, prefix: string): Promise<Completion> {
  return unlessImpossible(async () => {
    const { topics, nextPage } = await agent.topics({ prefix, limit: MAX_VALUES });
    return toCompletion(
      topics.map(({ name }) => name),
      nextPage !== undefined,
    );
  });
}

/** `total` is given only where it is known. */
export function toCompletion(values: string[], hasMore = false): Completion {
  return { values, hasMore, ...(!hasMore && { total: values.length }) };
}

/** No value for a prefix that no name has. */
async function unlessImpossible(complete: () => Promise<Completion>): Promise<Completion> {
  try {
    return await complete();
  } catch (error) {
    if (!isSynthaError(error, "INVALID_TEXT") && !isSynthaError(error, "TOO_LARGE")) throw error;
    return toCompletion([]);
  }
}
