import type { InvisibilityReason, Reason } from "@syntha/core";
import type { MomentQuery, PageQuery } from "./scope.ts";

export interface AudienceQuery extends MomentQuery, PageQuery {
  key: string;
  /** Only agents whose names have this prefix. */
  prefix?: string | undefined;
}

/** Why each known agent sees an item or does not, by name. */
export interface ItemAudience {
  readonly agents: readonly ItemExplanation[];
  /** Undefined on the last page. */
  readonly nextPage?: string | undefined;
  /** Agents of this page that see it. */
  readonly visibleTo: number;
}

/** The explanation of core, as JSON. */
export interface ItemExplanation {
  readonly key: string;
  /** Absent for the system. */
  readonly agent?: string | undefined;
  readonly visible: boolean;
  /** Every reason for which it is visible. */
  readonly reasons: readonly Reason[];
  readonly notVisibleBecause?: InvisibilityReason | undefined;
  /** Topics of the item that would show it, if the agent subscribed and may. */
  readonly topicsToSubscribe: readonly string[];
  /** The explanation as a sentence. */
  readonly text: string;
}
