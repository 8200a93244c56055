import type { Time, TenantQuery } from "./scope.ts";

export interface LogQuery extends TenantQuery {
  /** Entries before this position, newest page first. @default the newest entries */
  before?: number | undefined;
  /** Entries after this position, for what follows a page. Not with `before`. */
  after?: number | undefined;
  /** 1 to 500. @default 100 */
  limit?: number | undefined;
  /** Only entries about this key. */
  key?: string | undefined;
  /** Only entries of this agent; "system" for the system. */
  actor?: string | undefined;
  /** An agent: entries have `visible`. */
  as?: string | undefined;
}

/** A page of the log. */
export interface LogPage {
  /** In the order of the log, oldest first. */
  readonly entries: readonly TimelineEntry[];
  readonly head: number;
  /** The last position that the log no longer holds; 0 if it holds all. */
  readonly floor: number;
  /** Pass it as `before` for the page before this one; absent if the log holds no earlier entry. */
  readonly before?: number | undefined;
  /** Pass it as `after` for what follows. */
  readonly after: number;
  /** Whether entries follow already. */
  readonly more: boolean;
}

export type TimelineEntryType =
  | "put"
  | "delete"
  | "expire"
  | "lease"
  | "event"
  | "subscribe"
  | "unsubscribe"
  | "setPermissions"
  | "announce"
  | "topicDeleted"
  | "corrupt";

/** One change of the log, as a person reads it. */
export interface TimelineEntry {
  readonly position: number;
  /** Its place within the commit, from 0. */
  readonly index: number;
  readonly at: Time;
  /** Absent for the system. */
  readonly actor?: string | undefined;
  readonly type: TimelineEntryType;
  /** What happened, in one line: "put inquiry → customers". */
  readonly text: string;
  readonly key?: string | undefined;
  readonly topic?: string | undefined;
  readonly agent?: string | undefined;
  /** Of an event. */
  readonly event?: { readonly id: string; readonly type: string } | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly subscribers?: readonly string[] | undefined;
  readonly global?: boolean | undefined;
  readonly state?: string | undefined;
  /** With `as`: whether this agent saw what it is about then, by its subscriptions of then. Absent where that can't be said. */
  readonly visible?: boolean | undefined;
  /** The position after it, as a cursor: `since` of the live stream, and of prompts. */
  readonly cursor: string;
}
