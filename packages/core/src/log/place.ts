import { SynthaError } from "../error/syntha-error.ts";

/**
 * A place in a tenant's log, between any two changes: `position` is the last commit touched, `done` how many of its
 * entries are behind this place.
 */
export interface Place {
  /** Of the tenant; empty before its first commit. */
  readonly epoch: string;
  readonly position: number;
  /** Entries of `position` that are behind; "all" when the whole commit is. */
  readonly done: number | "all";
  /** The mark of that commit, 0 for the very beginning. */
  readonly mark: number;
  /**
   * Inside the many changes that one entry (a subscription) can bring, the last key that is behind. With
   * `initial`, inside the list of what was visible at `position`.
   */
  readonly key?: string | undefined;
  readonly initial?: true | undefined;
}

/** Before the first commit of a tenant that nobody has written to. */
export const ORIGIN: Place = { epoch: "", position: 0, done: "all", mark: 0 };

/** What a storage knows of its log, to judge a place by. */
export interface LogFacts {
  readonly epoch: string;
  readonly head: number;
  /** The last position that was compacted away; 0 when none was. */
  readonly floor: number;
  /** How many entries the floor's commit had. */
  readonly floorEntries: number;
  /** The mark of a commit; undefined when it is not there. The floor's own mark is kept. */
  markAt(position: number): number | undefined;
}

/**
 * Refuses a place that this log can't resume from without losing something (R12).
 * @throws INVALID_CURSOR for another log, a place beyond the head, or an undone history; CURSOR_COMPACTED.
 */
export function checkPlace(place: Place, log: LogFacts): void {
  const isOrigin = place.epoch === "" && place.position === 0;
  if (!isOrigin && place.epoch !== log.epoch) {
    throw invalid(
      "This cursor belongs to another log: another storage or tenant, or one that was dropped since.",
    );
  }
  if (place.position > log.head) throw invalid("This cursor lies beyond the end of the log.");
  const insideFloor =
    place.position === log.floor && place.done !== "all" && place.done < log.floorEntries;
  if (place.position < log.floor || insideFloor) {
    throw new SynthaError("CURSOR_COMPACTED", "The log no longer reaches back to this cursor.", {
      hint: "Start again with watch({ initial: true }), which gives what is visible now and then what follows.",
      details: { floor: log.floor },
    });
  }
  if (place.position > 0 && log.markAt(place.position) !== place.mark) {
    throw invalid("This cursor belongs to a history that was undone, by restoring an older copy.");
  }
}

/**
 * The same for a place in the listing of events, which outlive the log: what was given behind one of them leads on,
 * also when its commit is compacted away. Such a place carries the floor's mark, or none.
 * @throws what `checkPlace` throws.
 */
export function checkEventPlace(place: Place, log: LogFacts): void {
  const { epoch, position, mark } = place;
  const isAtOldEvent =
    epoch === log.epoch &&
    position > 0 &&
    position <= log.floor &&
    mark === (log.markAt(position) ?? 0);
  if (!isAtOldEvent) checkPlace(place, log);
}

function invalid(message: string): SynthaError {
  return new SynthaError("INVALID_CURSOR", message, {
    hint: "Start again with watch({ initial: true }), or without `since`.",
  });
}
