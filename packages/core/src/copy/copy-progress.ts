import type { CopyStorage } from "./copy-endpoint.ts";
import type { DumpSection } from "./dump-section.ts";

/** How far a copy is, for people. */
export interface CopyProgress {
  /** What is copied now. `changes`: what was written since the copy began. `verifying`: both tenants are compared. */
  readonly section: DumpSection | "changes" | "verifying";
  /** Records of this section that are done, including those of earlier calls. */
  readonly done: number;
  /** About how many there are; undefined if that is not known. */
  readonly total: number | undefined;
}

/** About how many records a tenant has in each section. */
export async function totalsOf(
  storage: CopyStorage,
  tenantId: string,
): Promise<Partial<Record<CopyProgress["section"], number>>> {
  const { items, expired, events, agents, logEntries } = await storage.stats(tenantId);
  const rows = items + expired;
  const verifying = agents + rows + events + logEntries;
  return { agents, items: rows, events, log: logEntries, verifying };
}
