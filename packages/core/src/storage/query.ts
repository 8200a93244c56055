import type { LogPosition } from "../log/log-position.ts";
import type { LogEntry } from "../log/change.ts";
import type { Actor } from "../route/visibility.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow, ItemState } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";
import type { Dump, DumpTask, Loaded, LoadTask } from "./tenant-record.ts";

/** What every answer to a read tells of its snapshot. */
export interface Snapshot {
  readonly epoch: string;
  readonly head: number;
  /** The tenant's time. */
  readonly now: number;
}

export interface ItemQuery {
  /** Whose sight counts (R1). */
  readonly actor: Actor;
  /** Only items on at least one of these topics. */
  readonly topics?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly author?: string | undefined;
  readonly state?: ItemState | undefined;
  /** Only items whose value was written after it, in milliseconds. */
  readonly updatedAfter?: number | undefined;
  /** Only keys after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Rows come with an empty `value`, which is then never read. */
  readonly withoutValues?: boolean | undefined;
  /** Rows that have expired and are not swept yet are included. A watch asks for them; no caller of a mesh sees them. */
  readonly withExpired?: boolean | undefined;
}

export interface ItemPage extends Snapshot {
  readonly items: readonly ItemRow[];
  /** Where the next page starts; null when there is none. */
  readonly next: string | null;
}

export interface EventQuery {
  readonly actor: Actor;
  readonly types?: readonly string[] | undefined;
  /** Only what follows; undefined: from the first event kept. */
  readonly after?: LogPosition | undefined;
  readonly limit: number;
}

export interface EventPage extends Snapshot {
  readonly events: readonly EventRow[];
  /** Behind the last event given, or the log's head when there is no more; with `eventMark`. */
  readonly end: LogPosition;
}

export interface AgentRecord {
  readonly name: string;
  /** In code point order. */
  readonly subscriptions: readonly string[];
  readonly permissions: Permissions | null;
}

export type AgentQuery =
  /** One agent, now or as its subscriptions stood after the commit at a position that the log still holds. */
  | { readonly name: string; readonly at?: number | undefined }
  /** Names of a topic's subscribers. */
  | { readonly topic: string; readonly after?: string | undefined; readonly limit: number }
  /** Agents that have a subscription or permissions, with both. */
  | {
      readonly prefix?: string | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    };

export interface AgentPage extends Snapshot {
  /** In code point order of their names; for a query by topic, only the names are filled in. */
  readonly agents: readonly AgentRecord[];
  readonly next: string | null;
}

export interface TopicRecord {
  readonly name: string;
  /** Agents that are subscribed. */
  readonly subscribers: number;
  /** Items on it that are not expired. */
  readonly items: number;
}

export type TopicQuery =
  | {
      readonly prefix?: string | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    }
  /** These only, as far as they exist. */
  | { readonly names: readonly string[] };

export interface TopicPage extends Snapshot {
  readonly topics: readonly TopicRecord[];
  readonly next: string | null;
}

export interface Counts {
  /** Items that are not expired. */
  readonly items: number;
  /** Bytes of UTF-8 of their keys and of the JSON text of their values. */
  readonly bytes: number;
  /** Those of them that are global. */
  readonly global: number;
  /** Items that are expired and not swept yet. */
  readonly expired: number;
  /** Topics with an item or a subscriber. */
  readonly topics: number;
  /** Agents with a subscription. */
  readonly agents: number;
  /** Events that are kept. */
  readonly events: number;
  /** The last position that the log no longer holds; 0 when it holds all. */
  readonly floor: number;
  /** The last position that histories no longer reach back to; at most `floor`, 0 when they tell all. */
  readonly historyFloor: number;
  /** Lines that are kept for the log and histories. */
  readonly logEntries: number;
}

export interface LogQuery {
  /** A place, the oldest entry, or the log's end (then nothing is read). */
  readonly after: LogPosition | "start" | "end";
  /** Only entries about this key: its history, which may reach back further than the log. */
  readonly key?: string | undefined;
  readonly limit: number;
}

export interface LogPage extends Snapshot {
  readonly entries: readonly LogEntry[];
  /** Behind the last entry read, or behind the whole log. */
  readonly end: LogPosition;
  /** Whether nothing follows in this snapshot. */
  readonly isHead: boolean;
}

export type MaintenanceTask =
  | DumpTask
  | LoadTask
  /** Those that are complete: none that is being loaded. */
  | { readonly type: "tenants"; readonly after?: string | undefined; readonly limit: number }
  /**
   * Removes everything of a tenant, also of one that is being loaded. The tenant is gone at once for all that read or
   * write it; a storage may remove the rows of a large one in several transactions.
   */
  | {
      readonly type: "drop";
      readonly tenant: string;
      /** Removes the tenant only while its loading stands here. */
      readonly loading?: string | undefined;
    }
  /**
   * Removes what is kept no longer, oldest first; a part that is left out keeps all that it has. What the log keeps,
   * histories and events keep too. One call works through about `limit` lines and as many events, in one transaction,
   * and through whole commits: call again while there is `more`.
   */
  | {
      readonly type: "compact";
      readonly tenant: string;
      readonly log?: RetentionLimit | undefined;
      /** Lines that tell a key's history: `put`, `delete`, `expire`. All others go with the log. */
      readonly history?: RetentionLimit | undefined;
      readonly events?: EventRetentionLimit | undefined;
      readonly limit: number;
    };

/** What stays: whatever either figure wants to keep. With neither, nothing. */
export interface RetentionLimit {
  /** The last commits. */
  readonly commits?: number | undefined;
  /** What was written in the last milliseconds. */
  readonly ms?: number | undefined;
}

/** What stays: whatever either figure wants to keep. With neither, nothing. */
export interface EventRetentionLimit {
  /** The last events. */
  readonly count?: number | undefined;
  /** What was published in the last milliseconds. */
  readonly ms?: number | undefined;
}

export type MaintenanceResult<T extends MaintenanceTask = MaintenanceTask> = T extends {
  type: "tenants";
}
  ? { readonly tenants: readonly string[]; readonly next: string | null }
  : T extends { type: "drop" }
    ? { readonly existed: boolean }
    : T extends { type: "dump" }
      ? Dump
      : T extends { type: "load" }
        ? Loaded
        : {
            /** The last position that the log no longer holds. */
            readonly floor: number;
            /** Lines and events that this call removed. */
            readonly removed: number;
            /** Whether there is more to remove. */
            readonly more: boolean;
          };
