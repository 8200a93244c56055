import type { SystemContext } from "@syntha/core";
import type { ItemPage, ItemSummary } from "../../api/index.ts";
import { withLeases } from "./held-leases.ts";

/** The items as a person sees them: with leases, and with whether an agent sees them. */
export async function viewOf(
  system: SystemContext,
  agent: string | undefined,
  items: readonly ItemSummary[],
): Promise<readonly ItemSummary[]> {
  return withVisibility(system, agent, await withLeases(system, items));
}

export async function viewOfPage(
  system: SystemContext,
  agent: string | undefined,
  page: ItemPage,
): Promise<ItemPage> {
  return { ...page, items: await viewOf(system, agent, page.items) };
}

async function withVisibility(
  system: SystemContext,
  agent: string | undefined,
  items: readonly ItemSummary[],
): Promise<readonly ItemSummary[]> {
  if (agent === undefined || items.length === 0) return items;
  const keys = items.map(({ key }) => key);
  const explanations = await system.explainMany(agent, keys);
  const visible = new Map(explanations.map((each) => [each.key, each.visible]));
  return items.map((item) => ({ ...item, visible: visible.get(item.key) ?? false }));
}
