import { SynthaError } from "../error/syntha-error.ts";

/**
 * A position in a tenant's log, between two entries: `position` is the last commit that was read from, and `done` how
 * many of its entries precede this position.
 */
export interface LogPosition {
  /** The tenant's epoch; empty before its first commit. */
  readonly epoch: string;
  readonly position: number;
  /** Entries of `position` before this position, or "all". */
  readonly done: number | "all";
  /** The id of that commit; 0 for the start of the log. */
  readonly commitId: number;
  /**
   * The last key that was read inside an entry that brings many changes (a subscription). With `initial`, inside the
   * list of what was visible at `position`.
   */
  readonly key?: string | undefined;
  readonly initial?: true | undefined;
  /**
   * Only in a position that `events` returned: the fingerprint of the last event before it, removed or not; 0 if there
   * was none. It identifies the history when the commit is compacted.
   */
  readonly eventFingerprint?: number | undefined;
}

/** The start of the log of a tenant that does not exist yet. */
export const ORIGIN: LogPosition = { epoch: "", position: 0, done: "all", commitId: 0 };

/** The position of an entry or event. */
export interface EntryPosition {
  readonly position: number;
  readonly index: number;
}

/** The last entry before a position, or of a commit by its number; without a position, before all entries. */
export function afterPosition(at: LogPosition | number | undefined): EntryPosition {
  if (at === undefined) return { position: 0, index: -1 };
  if (typeof at === "number") return { position: at, index: Number.MAX_SAFE_INTEGER };
  const { position, done } = at;
  return { position, index: done === "all" ? Number.MAX_SAFE_INTEGER : done - 1 };
}

/** The position after the whole log. */
export function headPosition(tenant: {
  readonly epoch: string;
  readonly head: number;
  readonly headCommitId: number;
}): LogPosition {
  return { epoch: tenant.epoch, position: tenant.head, done: "all", commitId: tenant.headCommitId };
}

/** What a storage knows of its log, to check a position. Its functions are called only for that position. */
export interface LogFacts {
  readonly epoch: string;
  readonly head: number;
  /** The last position that was removed from the log; 0 if none was. */
  readonly floor: number;
  /** The number of entries of the floor's commit. */
  readonly floorEntries: number;
  /** The last position that was removed from histories too; at most `floor`. */
  readonly historyFloor: number;
  /** The id of a commit in the log, of the floor, or of one that histories keep; undefined for any other. */
  commitIdAt(position: number): number | undefined;
}

/** The same of its events, to check a position in their listing. */
export interface EventFacts extends LogFacts {
  /** The last event that was removed; null if none was. */
  readonly lastRemovedEvent: RemovedEvent | null;
  /** The fingerprint of the last event up to a position; undefined if there is none. */
  eventFingerprintAt(position: number, index: number): number | undefined;
}

/** What is stored of a removed event. */
export interface RemovedEvent {
  readonly position: number;
  readonly index: number;
  readonly fingerprint: number;
}

/**
 * Rejects a position that this log cannot resume from without missing changes (R12).
 * @throws INVALID_CURSOR for another log, a position after the head, or another history; CURSOR_COMPACTED.
 */
export function checkPosition(at: LogPosition, log: LogFacts): void {
  checkEpoch(at, log);
  const { position, done } = at;
  if (position < log.floor || (position === log.floor && isInside(done, log.floorEntries)))
    throw cursorCompacted(log.floor);
  checkCommitId(at, log);
}

/**
 * Rejects what a query of the log, or of the history of a key, cannot start after. A number carries no history, so that
 * only its range is checked.
 * @throws what {@link checkPosition} throws
 */
export function checkLogStart(
  after: LogPosition | number | "start" | "end",
  key: string | undefined,
  log: LogFacts,
): void {
  if (typeof after === "string") return;
  if (typeof after === "number")
    checkNumber(after, key === undefined ? log.floor : log.historyFloor, log);
  else if (key === undefined) checkPosition(after, log);
  else checkHistoryPosition(after, log);
}

function checkNumber(position: number, floor: number, { head }: LogFacts): void {
  if (position < floor)
    throw new SynthaError(
      "CURSOR_COMPACTED",
      `The log after position ${position} has been compacted.`,
      { hint: `Read from position ${floor} on, or after a later one.`, details: { floor } },
    );
  if (position > head)
    throw new SynthaError("INVALID_CURSOR", `Position ${position} is after the end of the log.`, {
      hint: `Pass a position up to ${head}.`,
    });
}

/** As {@link checkPosition}, for a position in the history of a key, which may go back further than the log. */
function checkHistoryPosition(at: LogPosition, log: LogFacts): void {
  const { position } = at;
  const { floor, historyFloor } = log;
  if (position > floor || historyFloor === floor) return checkPosition(at, log);
  checkEpoch(at, log);
  const isBeginning = position === 0 && historyFloor === 0;
  if (isBeginning) return;
  if (position <= historyFloor || log.commitIdAt(position) === undefined)
    throw cursorCompacted(historyFloor);
  checkCommitId(at, log);
}

/**
 * As {@link checkPosition}, for a position in the listing of events, which may go back further than the log. Rejected
 * if later events were removed. Once the commit is compacted, only the last event before the position identifies the
 * history.
 */
export function checkEventPosition(at: LogPosition, log: EventFacts): void {
  checkEpoch(at, log);
  const { position, index } = afterPosition(at);
  const removed = log.lastRemovedEvent;
  const isBefore =
    removed !== null &&
    (position < removed.position || (position === removed.position && index < removed.index));
  if (isBefore) throw cursorCompacted(removed.position, RESTART_EVENTS);
  if (position >= log.floor) return checkCommitId(at, log);
  // The start of the log is the same in every history.
  if (position === 0) return;
  if (at.eventFingerprint === undefined) throw cursorCompacted(log.floor, RESTART_EVENTS);
  const fingerprint = log.eventFingerprintAt(position, index) ?? removed?.fingerprint ?? 0;
  if (at.eventFingerprint !== fingerprint) throw historyUndone();
}

function checkEpoch({ epoch, position }: LogPosition, log: LogFacts): void {
  const isOrigin = epoch === "" && position === 0;
  if (!isOrigin && epoch !== log.epoch) {
    throw invalidCursor(
      "The cursor belongs to another log: another storage or tenant, or one that was dropped.",
    );
  }
  if (position > log.head) throw invalidCursor("The cursor is after the end of the log.");
}

function checkCommitId({ position, commitId }: LogPosition, log: LogFacts): void {
  if (position > 0 && log.commitIdAt(position) !== commitId) throw historyUndone();
}

function isInside(done: LogPosition["done"], entries: number): boolean {
  return done !== "all" && done < entries;
}

const RESTART_WATCH =
  "Start again with watch({ initial: true }), which emits what is visible now, and then changes.";
const RESTART_EVENTS =
  "Start again with events() without `since`, which returns all events that are kept.";

function cursorCompacted(floor: number, hint = RESTART_WATCH): SynthaError {
  return new SynthaError("CURSOR_COMPACTED", "The log after this cursor has been compacted.", {
    hint,
    details: { floor },
  });
}

function historyUndone(): SynthaError {
  return invalidCursor("The cursor belongs to a history that a restored backup has undone.");
}

function invalidCursor(message: string): SynthaError {
  return new SynthaError("INVALID_CURSOR", message, {
    hint: "Start again with watch({ initial: true }), or without `since`.",
  });
}
