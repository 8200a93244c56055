import type { AgentContext } from "@syntha/core";

/** Tasks that are looked for, at most. */
const MAX_HELD = 20;

/** Claimed items in one read, and in all. */
const [PAGE, MAX_CLAIMED] = [100, 1_000];

/** Keys of up to 20 visible items that the agent itself has claimed, among those of others. */
export async function heldTasks(agent: AgentContext): Promise<readonly string[]> {
  const wanted = Math.min(await leasesOf(agent), MAX_HELD);
  const held: string[] = [];
  let page: string | undefined;
  for (let claimed = 0; held.length < wanted && claimed < MAX_CLAIMED; claimed += PAGE) {
    const filter = { state: "claimed", values: false, limit: PAGE, page } as const;
    const { items, nextPage } = await agent.list(filter);
    for (const { key } of items)
      if (held.length < wanted && (await isHeld(agent, key))) held.push(key);
    if (nextPage === undefined) break;
    page = nextPage;
  }
  return held;
}

/** How many leases it may hold; those of the system are not counted. */
async function leasesOf({ name, isSystem, mesh }: AgentContext): Promise<number> {
  if (isSystem) return MAX_HELD;
  // Before names that only begin like it.
  const [found] = (await mesh.agents({ prefix: name, limit: 1 })).agents;
  return found?.name === name ? found.leases : 0;
}

async function isHeld({ name, isSystem, mesh }: AgentContext, key: string): Promise<boolean> {
  const leases = (await mesh.system.history(key)).filter(({ type }) => type === "lease");
  return leases.at(-1)?.actor === (isSystem ? undefined : name);
}
