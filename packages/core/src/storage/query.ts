import type { LogPosition } from "../log/log-position.ts";
import type { LogEntry } from "../log/change.ts";
import type { Actor } from "../route/visibility.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow, ItemState } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";

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
  /**
   * What the caller uses of each row. A storage may return more, but need not read it.
   *
   * - `items`: all of it
   * - `headers`: all but `value`, which is empty
   * - `keys`: `key`, `topics` and `expiresAt`; never together with `author`, `state` or `updatedAfter`
   *
   * @default "items"
   */
  readonly select?: "items" | "headers" | "keys" | undefined;
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

/** Lists complete tenants, in code point order of their ids; not those that are being loaded. */
export interface TenantQuery {
  /** Only ids after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface TenantPage {
  readonly tenantIds: readonly string[];
  /** The `after` of the next page; null on the last one. */
  readonly next: string | null;
}

export interface DropRequest {
  readonly tenantId: string;
  /** Drops the tenant only while it is being loaded and its load progress equals this. */
  readonly ifLoading?: string | undefined;
}

export interface DropResult {
  readonly existed: boolean;
}
