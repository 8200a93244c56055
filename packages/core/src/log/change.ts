import type { Audience } from "../route/route.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";

/**
 * One change of a tenant's state. A commit is a list of them: a storage applies each and appends it to the log, so
 * that folding the log gives the state, by construction.
 */
export type Change =
  /** The item is now `after`. */
  | { readonly type: "put"; readonly before: ItemRow | null; readonly after: ItemRow }
  /** The item is gone, because somebody deleted it. */
  | { readonly type: "delete"; readonly before: ItemRow }
  /** The item is gone, because its time was over; the log's values of its key go with it. */
  | { readonly type: "expire"; readonly before: ItemRow }
  /** A claim or release: only lease, attempts and readiness differ. */
  | { readonly type: "lease"; readonly before: ItemRow; readonly after: ItemRow }
  | { readonly type: "event"; readonly event: EventRow }
  | { readonly type: "subscribe"; readonly agent: string; readonly topics: readonly string[] }
  | { readonly type: "unsubscribe"; readonly agent: string; readonly topics: readonly string[] }
  | {
      readonly type: "setPermissions";
      readonly agent: string;
      readonly permissions: Permissions | null;
    }
  /** Ends every subscription to the topic and takes it off events; its items have changes of their own. */
  | { readonly type: "topicDeleted"; readonly topic: string };

/** What the log keeps of an item's earlier row: enough to tell who saw it. */
export interface PriorAudience extends Audience {
  readonly revision: number;
}

/** A change as read back from the log. */
export type LoggedChange =
  | {
      readonly type: "put";
      readonly key: string;
      readonly before: PriorAudience | null;
      /** The value is null when its item has expired since, swept or not. */
      readonly after: Omit<ItemRow, "value"> & { readonly value: string | null };
      /** Who sees the key's item now, or saw it when it was deleted; null when its time is over. */
      readonly current: PriorAudience | null;
    }
  | { readonly type: "delete" | "expire"; readonly key: string; readonly before: PriorAudience }
  | {
      readonly type: "lease";
      readonly key: string;
      readonly holder: string | null;
      readonly until: number | null;
    }
  /** Null when the event was removed since. */
  | { readonly type: "event"; readonly event: EventRow | null }
  | {
      readonly type: "subscribe" | "unsubscribe";
      readonly agent: string;
      readonly topics: readonly string[];
    }
  | {
      readonly type: "setPermissions";
      readonly agent: string;
      readonly permissions: Permissions | null;
    }
  | { readonly type: "topicDeleted"; readonly topic: string }
  | CorruptChange;

/** A change that is damaged where it is stored. */
export interface CorruptChange {
  readonly type: "corrupt";
  readonly was: Exclude<LoggedChange["type"], "corrupt">;
  /** The key that it was about; null for a change of no item. */
  readonly about: string | null;
  /** Of a put that was read: who sees the key's item now, as for one that is not damaged. */
  readonly current?: PriorAudience | null;
}

/** A change as the log keeps it: a logged one without what is only looked up when it is read. */
export type StoredChange =
  | Omit<LoggedChange & { type: "put" }, "current">
  | { readonly type: "event" }
  | Exclude<LoggedChange, { type: "put" | "event" }>;

/** One line of the log. Every commit has at least one; positions have no gaps. */
export interface LogEntry {
  readonly position: number;
  /** The place within the commit, from 0. */
  readonly index: number;
  /** Random per commit: tells this history from one that was undone by a restore. */
  readonly commitId: number;
  /** Milliseconds of the storage's time. */
  readonly at: number;
  /** The agent that did it; `null` is the system. */
  readonly actor: string | null;
  readonly change: LoggedChange;
}
