import type { StoredEntry } from "../log/change.ts";
import type { LogPosition, RemovedEvent } from "../log/log-position.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { AgentCard } from "../model/agent-card.ts";
import type { Permissions } from "../model/permissions.ts";

/** The state of a whole tenant, apart from its records. */
export interface TenantHeader {
  readonly epoch: string;
  readonly head: number;
  /** The id of the head's commit. */
  readonly headCommitId: number;
  /** The last position that was removed from the log; 0 if none was. */
  readonly floor: number;
  readonly floorCommitId: number;
  /** The number of entries of the floor's commit. */
  readonly floorEntries: number;
  /** The last position that was removed from histories too; at most `floor`. */
  readonly historyFloor: number;
  /** The last event that was removed; null if none was. */
  readonly lastRemovedEvent: RemovedEvent | null;
  /** The latest time that a commit recorded. */
  readonly now: number;
}

/**
 * The permissions, the card and the current subscriptions of an agent. When it was seen is not copied. Loading one
 * that has any of them and is not known makes it known: first seen at the header's `now`, and never seen to act.
 */
export interface AgentHolding {
  readonly type: "agent";
  readonly name: string;
  readonly permissions: Permissions | null;
  readonly card: AgentCard | null;
  /** In code point order of the topics, each with the position of the commit that began it. */
  readonly subscriptions: readonly { readonly topic: string; readonly from: number }[];
}

/** A subscription that ended after the floor. It was in effect after the commit `from` and before the commit `until`. */
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

/** A record of a tenant, the same in every storage. */
export type TenantRecord =
  | AgentHolding
  | PastSubscription
  | { readonly type: "item"; readonly key: string; readonly row: ItemRow | null }
  | { readonly type: "event"; readonly event: EventRow }
  | EntryRecord;

/** A section of the records, and the record to start after. Names, keys and topics are in code point order. */
export type DumpRange =
  /** `agent` records of agents that have permissions, a card or a subscription, by name. */
  | { readonly section: "agents"; readonly after?: string | undefined }
  /** `pastSubscription` records, by agent, then `until`, then topic. */
  | {
      readonly section: "pastSubscriptions";
      readonly after?: Pick<PastSubscription, "agent" | "until" | "topic"> | undefined;
    }
  /** `item` records of all rows, including expired ones that are not swept, by key. */
  | { readonly section: "items"; readonly after?: string | undefined }
  /** `event` records, or `entry` records, in log order. */
  | {
      readonly section: "events" | "log";
      readonly after?: Pick<EventRow, "position" | "index"> | undefined;
    }
  /**
   * Up to `limit` log entries after a position, then the current records of what they changed: of each agent and item
   * that they name and each event that they publish, if it still exists, and of each subscription of these agents that
   * ended after the position. The row of a deleted item is null. Items that changed without a log entry when
   * the log's head was at the position or later have a record too.
   */
  | { readonly section: "changes"; readonly after: LogPosition };

/** Reads a page of a tenant's records in one snapshot, also of a tenant that is being loaded. */
export type DumpRequest = {
  readonly tenantId: string;
  readonly limit: number;
} & DumpRange;

export interface DumpPage {
  /** Null if there is no such tenant. */
  readonly header: TenantHeader | null;
  /** The load progress; null if the tenant is not being loaded. */
  readonly loading: string | null;
  readonly records: readonly TenantRecord[];
  /** Whether no records of the section follow in this snapshot. */
  readonly isLast: boolean;
}

/**
 * Writes a page of records into a tenant that is hidden until the last page: reads return what they do for a tenant that
 * does not exist, and commits are rejected with UNAVAILABLE. {@link checkLoad} decides what to do with a page.
 *
 * First the header replaces the current one, and removes what it says to be compacted or removed. Then each record
 * replaces the record of the same agent, key or position. Log entries are in log order and are stored, not applied, with
 * two exceptions that no record covers:
 *
 * - an `expire` entry removes the values that earlier entries have of its key
 * - a `topicDeleted` entry ends, at its position, the subscriptions that began before it, and removes its topic from
 *   earlier events; not the subscriptions of agents that have a record in the page, which may have ended earlier
 */
export interface LoadRequest {
  readonly tenantId: string;
  /** The header of the source in the snapshot of the page. */
  readonly header: TenantHeader;
  readonly records: readonly TenantRecord[];
  /** The load progress before this page; null: nothing was loaded. */
  readonly after: string | null;
  /** The load progress after this page; null: the tenant is complete and becomes visible. */
  readonly progress: string | null;
  /** Removes what was loaded before. */
  readonly restart?: boolean | undefined;
}

export interface LoadResult {
  /** The load progress now; null: the tenant is complete. */
  readonly loading: string | null;
}
