import { SynthaError } from "../error/syntha-error.ts";

/**
 * A place in a tenant's log, between any two changes: `position` is the last commit touched, `done` how many of its
 * entries are behind this place.
 */
export interface LogPosition {
  /** Of the tenant; empty before its first commit. */
  readonly epoch: string;
  readonly position: number;
  /** Entries of `position` that are behind; "all" when the whole commit is. */
  readonly done: number | "all";
  /** The mark of that commit, 0 for the very beginning. */
  readonly commitId: number;
  /**
   * Inside the many changes that one entry (a subscription) can bring, the last key that is behind. With
   * `initial`, inside the list of what was visible at `position`.
   */
  readonly key?: string | undefined;
  readonly initial?: true | undefined;
  /**
   * Only in a place that `events` gave: the `eventMark` of the last event in front of it, 0 when there is none. It
   * tells the place's history when its commit is compacted away.
   */
  readonly eventMark?: number | undefined;
}

/** Before the first commit of a tenant that nobody has written to. */
export const ORIGIN: LogPosition = { epoch: "", position: 0, done: "all", commitId: 0 };

/** Where an entry or event stands in the log. */
export interface EntryPosition {
  readonly position: number;
  readonly index: number;
}

/** The last entry that a place has behind it; in front of all for no place. */
export function afterPosition(place: LogPosition | undefined): EntryPosition {
  if (place === undefined) return { position: 0, index: -1 };
  const { position, done } = place;
  return { position, index: done === "all" ? Number.MAX_SAFE_INTEGER : done - 1 };
}

/** Behind the whole log. */
export function headPosition(tenant: {
  readonly epoch: string;
  readonly head: number;
  readonly headCommitId: number;
}): LogPosition {
  return { epoch: tenant.epoch, position: tenant.head, done: "all", commitId: tenant.headCommitId };
}

/** What a storage knows of its log, to judge a place by. */
export interface LogFacts {
  readonly epoch: string;
  readonly head: number;
  /** The last position that was compacted away; 0 when none was. */
  readonly floor: number;
  /** How many entries the floor's commit had. */
  readonly floorEntries: number;
  /** The last position that histories no longer reach back to; at most `floor`. */
  readonly historyFloor: number;
  /** The mark of a commit, of the floor, or of a line that is kept for histories; undefined when none is there. */
  commitIdAt(position: number): number | undefined;
}

/** What a storage knows of its events, to judge a place in their listing by. */
export interface EventFacts extends LogFacts {
  /** The last event that was removed; null when none was. */
  readonly lastRemovedEvent: RemovedEvent | null;
  /** The `eventMark` of the last kept event that stands at this place or before it; undefined when there is none. */
  eventFingerprintAt(position: number, index: number): number | undefined;
}

/** What is remembered of an event that is gone. */
export interface RemovedEvent {
  readonly position: number;
  readonly index: number;
  /** Its `eventMark`. */
  readonly fingerprint: number;
}

/**
 * Refuses a place that this log can't resume from without losing something (R12).
 * @throws INVALID_CURSOR for another log, a place beyond the head, or an undone history; CURSOR_COMPACTED.
 */
export function checkPosition(place: LogPosition, log: LogFacts): void {
  checkLog(place, log);
  const { position, done } = place;
  if (position < log.floor || (position === log.floor && isInside(done, log.floorEntries)))
    throw compacted(log.floor);
  checkMark(place, log);
}

/**
 * The same for a place among the lines about one key, which reach further back than the log.
 * @throws what `checkPlace` throws.
 */
export function checkHistoryPosition(place: LogPosition, log: LogFacts): void {
  const { position } = place;
  const { floor, historyFloor } = log;
  if (position > floor || historyFloor === floor) return checkPosition(place, log);
  checkLog(place, log);
  const isBeginning = position === 0 && historyFloor === 0;
  if (isBeginning) return;
  if (position <= historyFloor || log.commitIdAt(position) === undefined)
    throw compacted(historyFloor);
  checkMark(place, log);
}

/**
 * The same for a place in the listing of events, which outlive the log: refused when events behind it were removed,
 * wherever the log begins. Of the history of a compacted commit, the last event in front of the place is what is left to compare.
 * @throws what `checkPlace` throws.
 */
export function checkEventPosition(place: LogPosition, log: EventFacts): void {
  checkLog(place, log);
  const { position, index } = afterPosition(place);
  const removed = log.lastRemovedEvent;
  const isBefore =
    removed !== null &&
    (position < removed.position || (position === removed.position && index < removed.index));
  if (isBefore) throw compacted(removed.position, EVENTS_ANEW);
  if (position >= log.floor) return checkMark(place, log);
  // The very beginning is that of every history.
  if (position === 0) return;
  if (place.eventMark === undefined) throw compacted(log.floor, EVENTS_ANEW);
  const kept = log.eventFingerprintAt(position, index) ?? removed?.fingerprint ?? 0;
  if (place.eventMark !== kept) throw undone();
}

function checkLog({ epoch, position }: LogPosition, log: LogFacts): void {
  const isOrigin = epoch === "" && position === 0;
  if (!isOrigin && epoch !== log.epoch) {
    throw invalid(
      "This cursor belongs to another log: another storage or tenant, or one that was dropped since.",
    );
  }
  if (position > log.head) throw invalid("This cursor lies beyond the end of the log.");
}

function checkMark({ position, commitId }: LogPosition, log: LogFacts): void {
  if (position > 0 && log.commitIdAt(position) !== commitId) throw undone();
}

function isInside(done: LogPosition["done"], entries: number): boolean {
  return done !== "all" && done < entries;
}

const WATCH_ANEW =
  "Start again with watch({ initial: true }), which gives what is visible now and then what follows.";
const EVENTS_ANEW = "Start again with events() without `since`, which gives all that are kept.";

function compacted(floor: number, hint = WATCH_ANEW): SynthaError {
  return new SynthaError("CURSOR_COMPACTED", "What follows this cursor is no longer all there.", {
    hint,
    details: { floor },
  });
}

function undone(): SynthaError {
  return invalid("This cursor belongs to a history that was undone, by restoring an older copy.");
}

function invalid(message: string): SynthaError {
  return new SynthaError("INVALID_CURSOR", message, {
    hint: "Start again with watch({ initial: true }), or without `since`.",
  });
}
