import type { DumpSection } from "./dump-section.ts";
import type { Copied } from "./copy-endpoint.ts";

/** What a copy is at, for people to look at. */
export interface CopyProgress {
  /** What is being copied; `changes`: what was written since it began; `verifying`: both sides are compared. */
  readonly part: DumpSection | "changes" | "verifying";
  /** Records of this part that are done, also by earlier calls. */
  readonly done: number;
  /** How many there are, about; undefined when that is not known. */
  readonly of: number | undefined;
}

/** About how many records a tenant has of each part. */
export async function totalsOf(
  storage: Copied,
  tenant: string,
): Promise<Partial<Record<CopyProgress["part"], number>>> {
  const { items, expired, events, agents, logEntries } = await storage.stats(tenant);
  const there = items + expired;
  return {
    agents,
    items: there,
    events,
    log: logEntries,
    verifying: agents + there + events + logEntries,
  };
}
