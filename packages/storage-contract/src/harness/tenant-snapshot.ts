import type {
  AgentRecord,
  Counts,
  EventRow,
  ItemRow,
  LogEntry,
  Storage,
  TopicRecord,
} from "@syntha/core/storage";

/** What a storage returns about a tenant, without the time: equal as long as nothing changes. */
export interface TenantSnapshot {
  readonly epoch: string;
  readonly head: number;
  readonly items: readonly ItemRow[];
  readonly events: readonly EventRow[];
  readonly topics: readonly TopicRecord[];
  readonly agents: readonly AgentRecord[];
  readonly counts: Counts;
  readonly log: readonly LogEntry[];
}

/** Reads a tenant through the storage's methods; `names` are agents to include. */
export async function tenantSnapshot(
  storage: Storage,
  tenant: string,
  names: readonly string[] = [],
): Promise<TenantSnapshot> {
  const { epoch, head, now: _, ...counts } = await storage.stats(tenant);
  const agents: AgentRecord[] = [];
  for (const name of names)
    for (const agent of (await storage.agents(tenant, { name })).agents)
      // When it was seen is neither logged nor copied.
      agents.push({ ...agent, sighting: null });
  const { events } = await storage.events(tenant, { actor: null, limit: 1_000 });
  const { topics } = await storage.topics(tenant, { limit: 1_000 });
  const items = await readItems(storage, tenant);
  return {
    epoch,
    head,
    items,
    events,
    topics,
    agents,
    counts,
    log: await readLog(storage, tenant),
  };
}

export async function readItems(storage: Storage, tenant: string): Promise<readonly ItemRow[]> {
  return (await storage.list(tenant, { actor: null, limit: 1_000 })).items;
}

/** The whole raw log. */
export async function readLog(
  storage: Storage,
  tenant: string,
  key?: string,
  limit = 1_000,
): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let after: Parameters<Storage["log"]>[1]["after"] = "start"; ;) {
    const page = await storage.log(tenant, { after, key, limit });
    entries.push(...page.entries);
    if (page.isHead) return entries;
    after = page.end;
  }
}
