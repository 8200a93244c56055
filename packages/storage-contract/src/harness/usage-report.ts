import {
  decide,
  type Decide,
  type FullStorage,
  type Storage,
  type Usage,
} from "@syntha/core/storage";
import { dumpTenant } from "./tenant-dump.ts";

/** Items and bytes of the tenant and its agents, expired items included. */
export interface UsageReport {
  readonly tenant: Usage;
  readonly agents: Readonly<Record<string, Usage>>;
}

/** The usage that a storage supplies to decisions, which limits are checked against. */
export async function storedUsage(
  storage: Storage,
  tenant: string,
  agents: readonly string[],
): Promise<UsageReport> {
  let report: UsageReport | undefined;
  const ask: Decide = (commit, facts) => {
    const { items, bytes } = facts.usage;
    const owned = agents.map((agent) => [agent, facts.usageOf(agent)] as const);
    report = { tenant: { items, bytes }, agents: Object.fromEntries(owned) };
    return decide(commit, facts);
  };
  await storage.commit(tenant, [{ actor: null, ops: [] }], ask);
  return report as unknown as UsageReport;
}

/** The same, computed from all rows. */
export async function recountUsage(
  storage: FullStorage,
  tenant: string,
  agents: readonly string[],
): Promise<UsageReport> {
  const { records } = await dumpTenant(storage, tenant);
  const rows = records.flatMap((each) => (each.type === "item" && each.row ? [each.row] : []));
  const sum = (of: typeof rows): Usage => ({
    items: of.length,
    bytes: of.reduce((total, { key, value }) => total + sizeOf(key) + sizeOf(value), 0),
  });
  const owned = agents.map((name) => [name, sum(rows.filter(({ owner }) => owner === name))]);
  return { tenant: sum(rows), agents: Object.fromEntries(owned) };
}

export function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
