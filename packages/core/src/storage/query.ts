import type { LogPosition } from "../log/log-position.ts";
import type { LogEntry } from "../log/change.ts";
import type { Actor } from "../route/visibility.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow, ItemState } from "../model/item-row.ts";
import type { AgentCard } from "../model/agent-card.ts";
import type { Permissions } from "../model/permissions.ts";
import type { Sighting } from "./facts.ts";

/** The snapshot of a read. */
export interface Snapshot {
  readonly epoch: string;
  readonly head: number;
  /** The tenant's time. */
  readonly now: number;
}

export interface ItemQuery {
  /** Only items that this actor sees (R1). */
  readonly actor: Actor;
  /** Only items on at least one of these topics. */
  readonly topics?: readonly string[] | undefined;
  /** Only items whose route names at least one of these agents. Not with `select` "topics" or "keys". */
  readonly subscribers?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly author?: string | undefined;
  readonly state?: ItemState | undefined;
  /** Only items whose value was written after this time, in milliseconds. */
  readonly updatedAfter?: number | undefined;
  /** Only keys after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
  /**
   * What the caller uses of each row. A storage may return more, but need not read it.
   *
   * - `items`: all of it
   * - `headers`: all but `value`, which is empty
   * - `topics`: `key`, `topics` and `expiresAt`; never together with `subscribers`, `author`, `state` or `updatedAfter`
   * - `keys`: `key`; never together with these or `topics`
   *
   * @default "items"
   */
  readonly select?: "items" | "headers" | "topics" | "keys" | undefined;
  /** Includes expired rows that are not swept yet. Watches use them; no caller of a mesh sees them. */
  readonly withExpired?: boolean | undefined;
}

export interface ItemPage extends Snapshot {
  readonly items: readonly ItemRow[];
  /** The `after` of the next page; null on the last one. */
  readonly next: string | null;
}

export interface EventQuery {
  readonly actor: Actor;
  readonly types?: readonly string[] | undefined;
  /** Only events after this position. @default all that are kept */
  readonly after?: LogPosition | undefined;
  readonly limit: number;
}

export interface EventPage extends Snapshot {
  readonly events: readonly EventRow[];
  /** The position after the last event returned, or the log's head on the last page; with `eventFingerprint`. */
  readonly end: LogPosition;
}

export interface AgentRecord {
  readonly name: string;
  /** In code point order. */
  readonly subscriptions: readonly string[];
  readonly permissions: Permissions | null;
  /** Null if it has announced none. */
  readonly card: AgentCard | null;
  /** Null if it is not known. */
  readonly sighting: Sighting | null;
  /** Leases that it holds and that have not ended. */
  readonly leases: number;
}

export type AgentQuery =
  /** One agent; with `at`, its subscriptions after the commit at that position, which the log still has. */
  | { readonly name: string; readonly at?: number | undefined }
  /** Names of a topic's subscribers. */
  | { readonly topic: string; readonly after?: string | undefined; readonly limit: number }
  /** Agents that are known (R19). */
  | {
      readonly prefix?: string | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    };

export interface AgentPage extends Snapshot {
  /** In code point order of their names. For a query by topic, only the names are filled in. */
  readonly agents: readonly AgentRecord[];
  readonly next: string | null;
}

export interface TopicRecord {
  readonly name: string;
  /** Agents that are subscribed. */
  readonly subscribers: number;
  /** Items that are not expired. */
  readonly items: number;
}

export type TopicQuery =
  | {
      readonly prefix?: string | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    }
  /** Only topics of these names that exist. */
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
  /** Items that are global and not expired. */
  readonly global: number;
  /** Items that are expired and not swept yet. */
  readonly expired: number;
  /** Topics with an item or a subscriber. */
  readonly topics: number;
  /** Agents with a subscription. */
  readonly agents: number;
  /** Events that are not removed. */
  readonly events: number;
  /** The last position that was removed from the log; 0 if none was. */
  readonly floor: number;
  /** The last position that was removed from histories too; at most `floor`. */
  readonly historyFloor: number;
  /** Entries of the log and of histories. */
  readonly logEntries: number;
}

export interface LogQuery {
  /**
   * A position, the number of a commit (all of whose entries precede the first one returned), the oldest entry, or the
   * log's end, which returns no entries.
   */
  readonly after: LogPosition | number | "start" | "end";
  /** Only entries of this key: its history, which may go back further than the log. */
  readonly key?: string | undefined;
  readonly limit: number;
}

export interface LogPage extends Snapshot {
  readonly entries: readonly LogEntry[];
  /** The position after the last entry returned, or after the whole log. */
  readonly end: LogPosition;
  /** Whether no entries follow in this snapshot. */
  readonly isHead: boolean;
  /** The last position that was removed from the log; 0 if none was. */
  readonly floor: number;
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
