import type { AgentContext, ItemHeader } from "@syntha/core";

/** An item that the agent sees, without the value, which may be large, or damaged. */
export async function headerOf(agent: AgentContext, key: string): Promise<ItemHeader | undefined> {
  const { items } = await agent.list({ prefix: key, limit: 1, values: false });
  return items.find((item) => item.key === key);
}
