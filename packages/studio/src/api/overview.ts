import type { MeshStats, QuotaBounds } from "@syntha/core";
import type { ItemSummary } from "./item.ts";

/** What the mesh holds, and what needs attention. */
export interface Overview {
  readonly stats: MeshStats;
  /** What the tenant may hold and write, as this server enforces it. Figures that are absent are not limited. */
  readonly limits: QuotaBounds;
  /** The log's last position. */
  readonly head: number;
  /** The last position that the log no longer holds; 0 if it holds all. */
  readonly floor: number;
  readonly problems: Problems;
}

export interface Problems {
  /** Topics with items that no one is subscribed to, at most 100. */
  readonly topicsWithoutSubscribers: readonly TopicWithoutSubscribers[];
  /** Names that items are addressed to and that no known agent has, at most 100. */
  readonly unknownRecipients: readonly UnknownRecipient[];
  /** Failed tasks, at most 100. */
  readonly failedTasks: readonly ItemSummary[];
  /** Items that have expired and are not swept yet. */
  readonly expired: number;
  /** Whether topics and items beyond those that were examined may have problems too. */
  readonly isPartial: boolean;
}

export interface TopicWithoutSubscribers {
  readonly topic: string;
  readonly items: number;
  /** The command that mends it. Undefined if the name has hidden characters. */
  readonly command?: string | undefined;
}

export interface UnknownRecipient {
  readonly name: string;
  /** Keys of items that name it, at most 10. */
  readonly keys: readonly string[];
  /** The known agents with the most similar names. */
  readonly nearest: readonly string[];
  /**
   * The commands that mend it, one for each of the first items: at most 3. Items whose key or route has hidden characters,
   * or is longer than a line of a terminal, have none.
   */
  readonly commands: readonly string[];
}
