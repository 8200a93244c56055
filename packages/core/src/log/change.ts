import type { Audience } from "../route/route.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { AgentCard } from "../model/agent-card.ts";
import type { Permissions } from "../model/permissions.ts";

/**
 * One change that a commit decided. A storage applies the changes of a commit and appends them to the log, so that the
 * state always equals the folded log.
 */
export type Change =
  /** Replaces the item by `after`; `before` is null if it is created. */
  | { readonly type: "put"; readonly before: ItemRow | null; readonly after: ItemRow }
  /** Deletes the item on request. */
  | { readonly type: "delete"; readonly before: ItemRow }
  /** Deletes an expired item, and all values that the log has of its key. */
  | { readonly type: "expire"; readonly before: ItemRow }
  /** A claim or a release: only lease, attempts and readiness differ. */
  | { readonly type: "lease"; readonly before: ItemRow; readonly after: ItemRow }
  | { readonly type: "event"; readonly event: EventRow }
  | AgentChange
  /** Ends every subscription to the topic and removes it from events; its items have changes of their own. */
  | { readonly type: "topicDeleted"; readonly topic: string };

type AgentChange =
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
  | { readonly type: "announce"; readonly agent: string; readonly card: AgentCard };

/** What the log keeps of an item's earlier row: enough to find out who saw it. */
export interface PriorAudience extends Audience {
  readonly revision: number;
}

/** A change as the log stores it. An event is stored in its own table. */
export type StoredChange =
  | {
      readonly type: "put";
      readonly key: string;
      readonly before: PriorAudience | null;
      /** The value is null once the item has expired, deleted or not. */
      readonly after: Omit<ItemRow, "value"> & { readonly value: string | null };
    }
  | { readonly type: "delete" | "expire"; readonly key: string; readonly before: PriorAudience }
  | {
      readonly type: "lease";
      readonly key: string;
      readonly holder: string | null;
      readonly until: number | null;
    }
  | { readonly type: "event" }
  | AgentChange
  | { readonly type: "topicDeleted"; readonly topic: string }
  | CorruptChange;

/** A change that is damaged where it is stored. */
export interface CorruptChange {
  readonly type: "corrupt";
  readonly was: Exclude<StoredChange["type"], "corrupt">;
  /** The key of the item; null for a change of no item. */
  readonly about: string | null;
}

/** What the entries of one commit have in common. */
export interface CommitHeader {
  readonly position: number;
  /** Random: distinguishes this history from one that a restored backup has undone. */
  readonly commitId: number;
  /** Milliseconds of the storage's time. */
  readonly at: number;
  /** The agent that wrote it; `null` is the system. */
  readonly actor: string | null;
}

/** An entry of the log as it is stored. Every commit has at least one; positions have no gaps. */
export interface StoredEntry extends CommitHeader {
  /** The index within the commit, from 0. */
  readonly index: number;
  readonly change: StoredChange;
}

/** An entry as it is read, with what is looked up in the same snapshot. */
export interface LogEntry extends StoredEntry {
  /**
   * For a put: who sees the key's item now, or saw it when it was deleted; null if it has expired. Null for any other
   * change.
   */
  readonly current: PriorAudience | null;
  /** For an event: null if it was removed since. Null for any other change. */
  readonly event: EventRow | null;
}
