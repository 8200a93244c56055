import type { Counts, Snapshot } from "../storage/query.ts";

/** What a mesh holds, in numbers. */
export interface MeshStats {
  /** Items, without expired ones. */
  readonly items: number;
  /** Bytes of their keys and of the JSON text of their values, in UTF-8. */
  readonly bytes: number;
  /** Items for everyone. */
  readonly global: number;
  /** Items for some, by topic or by name. */
  readonly routed: number;
  /** Items that have expired, and are not swept yet. They are visible to no one. */
  readonly expired: number;
  readonly topics: number;
  /** Agents with a subscription. */
  readonly agents: number;
  readonly events: number;
  /** The log's last position. */
  readonly revision: number;
  /** The last position that the log no longer holds; 0 if it holds all. The log has `revision - floor` commits. */
  readonly floor: number;
  /** The last position that histories no longer reach; at most `floor`. */
  readonly historyFloor: number;
  /** Entries of log and histories: one for each change. */
  readonly logEntries: number;
}

export function toStats(counts: Snapshot & Counts): MeshStats {
  const { epoch: _, head, now: __, ...rest } = counts;
  return { ...rest, routed: rest.items - rest.global, revision: head };
}
