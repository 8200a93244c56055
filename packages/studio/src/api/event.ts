import type { JsonValue } from "@syntha/core";
import type { Time, ViewQuery } from "./scope.ts";

export interface EventsQuery extends ViewQuery {
  /** Only events of this type. */
  type?: string | undefined;
  /** Only events after this cursor. @default the first that are kept */
  since?: string | undefined;
  /** 1 to 500. @default 100 */
  limit?: number | undefined;
  /** `newest`: the last ones, oldest of them first; `since` is ignored. @default "newest" */
  order?: "newest" | "oldest" | undefined;
}

export interface EventPage {
  /** Oldest first. */
  readonly events: readonly EventSummary[];
  /** Pass it as `since`, with `order=oldest`, for the events that follow. */
  readonly cursor: string;
  /** With `order=newest`: whether earlier events were left out. */
  readonly isPartial: boolean;
}

export interface EventSummary {
  readonly id: string;
  readonly type: string;
  /** Absent for the system. */
  readonly author?: string | undefined;
  readonly topics: readonly string[];
  readonly at: Time;
  /** Absent if it can't be read, or is longer than 64 KiB as JSON text. */
  readonly data?: JsonValue | undefined;
  /** The beginning of the data's JSON text: at most 1,024 characters. */
  readonly preview: string;
  readonly bytes: number;
  readonly unreadable?: string | undefined;
}
