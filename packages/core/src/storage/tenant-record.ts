import type { StoredEntry } from "../log/change.ts";
import type { LogPosition, RemovedEvent } from "../log/log-position.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";

/** What is true of a whole tenant, beside what it holds. */
export interface TenantHeader {
  readonly epoch: string;
  readonly head: number;
  /** The mark of the head's commit. */
  readonly headCommitId: number;
  /** The last position that the log no longer holds; 0 when it holds all. */
  readonly floor: number;
  readonly floorCommitId: number;
  /** How many entries the floor's commit had. */
  readonly floorEntries: number;
  /** The last position that histories no longer reach back to; at most `floor`. */
  readonly historyFloor: number;
  /** The last event that was removed; null when none was. */
  readonly lastRemovedEvent: RemovedEvent | null;
  /** The latest time that a commit recorded. */
  readonly now: number;
}

/** What an agent may do, and what it is subscribed to now. */
export interface AgentHolding {
  readonly type: "agent";
  readonly name: string;
  readonly permissions: Permissions | null;
  /** By topic, with the position from which each holds; in code point order of the topics. */
  readonly subscriptions: readonly { readonly topic: string; readonly from: number }[];
}

/** A subscription that held after the commit `from` up to the one before `until`, which lies above the floor. */
export interface PastSubscription {
  readonly type: "pastSubscription";
  readonly agent: string;
  readonly topic: string;
  readonly from: number;
  readonly until: number;
}

export type EntryRecord = { readonly type: "entry" } & StoredEntry;

export function toEntryRecord(entry: StoredEntry): EntryRecord {
  return { type: "entry", ...entry };
}

/** One thing that a tenant holds, the same on every storage. */
export type TenantRecord =
  | AgentHolding
  | PastSubscription
  | { readonly type: "item"; readonly key: string; readonly row: ItemRow | null }
  | { readonly type: "event"; readonly event: EventRow }
  | EntryRecord;

/** Which records, in which order, behind which one. Names, keys and topics are in code point order. */
export type DumpRange =
  /** `agent` records of those that have permissions or a subscription, by name. */
  | { readonly section: "agents"; readonly after?: string | undefined }
  /** `pastSubscription` records, by agent, then `until`, then topic. */
  | {
      readonly section: "pastSubscriptions";
      readonly after?: Pick<PastSubscription, "agent" | "until" | "topic"> | undefined;
    }
  /** `item` records of all rows, also of those that are expired and not swept, by key. */
  | { readonly section: "items"; readonly after?: string | undefined }
  /** `event` records, or `line` records, in log order. */
  | {
      readonly section: "events" | "log";
      readonly after?: Pick<EventRow, "position" | "index"> | undefined;
    }
  /**
   * What the lines behind a place changed, as it is now: first those lines, up to `limit`, then a record of each agent
   * and item that they name and of each event that they tell of, as far as it is there, and the past subscriptions of
   * those agents that ended behind the place. Of an item that is gone, the row is null. Items whose leases were extended
   * when the log's head stood at the place's position or later have a record too: no line names them.
   */
  | { readonly section: "changes"; readonly after: LogPosition };

/** Reads a page of a tenant's records in one snapshot, also of a tenant that is being loaded. */
export type DumpRequest = {
  readonly tenantId: string;
  readonly limit: number;
} & DumpRange;

export interface DumpPage {
  /** Null when there is no such tenant. */
  readonly header: TenantHeader | null;
  /** Where the tenant's loading stands; null when it is not being loaded. */
  readonly loading: string | null;
  readonly records: readonly TenantRecord[];
  /** Whether nothing of this part follows in this snapshot. */
  readonly isLast: boolean;
}

/**
 * Writes a page of records into a tenant that stays hidden until the last page: reads answer as if it did not exist,
 * and commits are refused with UNAVAILABLE. `checkLoad` tells what to do with a page.
 *
 * The header comes first: what it says to be compacted away or removed goes. Then each record takes the place of what
 * is there of the same agent, key, or place. Lines come in log order and are kept, not applied; only what no record
 * tells is repeated by them:
 *
 * - an `expire` line removes the values that earlier lines hold of its key,
 * - an `untopic` line ends subscriptions that began before it, at its position, and takes its topic off earlier events;
 *   not subscriptions of agents that the page has a record of, as they may have ended before by themselves.
 */
export interface LoadRequest {
  readonly tenantId: string;
  /** As the source's stood when the page was read; takes the place of the one that is there. */
  readonly header: TenantHeader;
  readonly records: readonly TenantRecord[];
  /** Where the loading stood before this page; null: nothing was loaded. */
  readonly after: string | null;
  /** Where it stands behind this page; null: it is complete, and the tenant becomes visible. */
  readonly progress: string | null;
  /** Removes all that was loaded before. */
  readonly restart?: boolean | undefined;
}

export interface LoadResult {
  /** Where the loading stands now; null: the tenant is complete. */
  readonly loading: string | null;
}
