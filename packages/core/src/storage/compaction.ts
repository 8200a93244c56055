import type { StoredChange } from "../log/change.ts";

/**
 * Removes entries and events past their retention, oldest first. A part that is left out is not compacted. Histories and
 * events keep at least what the log keeps. One call covers about `limit` log entries and as many events, in one
 * transaction and in whole commits: call again while `more` is true.
 */
export interface CompactRequest {
  readonly tenantId: string;
  readonly log?: RetentionLimit | undefined;
  /** For the entries of a key's history: `put`, `delete`, `expire`. All others are removed with the log. */
  readonly history?: RetentionLimit | undefined;
  readonly events?: EventRetentionLimit | undefined;
  readonly limit: number;
}

export interface CompactResult {
  /** The last position that the log no longer holds. */
  readonly floor: number;
  /** Entries and events that this call removed. */
  readonly removed: number;
  /** Whether there is more to remove. */
  readonly more: boolean;
}

/** An entry is kept while either bound keeps it; with neither, none is kept. */
export interface RetentionLimit {
  /** The last commits. */
  readonly commits?: number | undefined;
  /** What was written in the last milliseconds. */
  readonly ms?: number | undefined;
}

/** An event is kept while either bound keeps it; with neither, none is kept. */
export interface EventRetentionLimit {
  /** The last events. */
  readonly count?: number | undefined;
  /** What was published in the last milliseconds. */
  readonly ms?: number | undefined;
}

/** The age of a log entry or event. */
export interface EntryAge {
  readonly position: number;
  /** Milliseconds of the storage's time; never decreases from one position to the next. */
  readonly at: number;
}

/** One step removes whole commits, up to this position. */
export interface CompactionStep {
  readonly to: number;
  /** Whether the next commit is past its retention too. */
  readonly more: boolean;
}

/** The types of entries that make up a key's history, which may go back further than the log. */
export const HISTORY_TYPES: readonly StoredChange["type"][] = ["put", "delete", "expire"];

export function isHistory({ type }: Pick<StoredChange, "type">): boolean {
  return HISTORY_TYPES.includes(type);
}

/** A tenant's log and time, which retention depends on. */
interface LogState {
  readonly head: number;
  readonly floor: number;
  readonly now: number;
}

/**
 * Whether an entry is past the retention of both the log and histories. If one is, all older ones are. Entries up to the
 * floor are already removed from the log.
 */
export function isPurgeable(
  { log, history }: CompactRequest,
  state: LogState,
  entry: EntryAge,
): boolean {
  const isInLog = entry.position > state.floor;
  return isPastRetention(history, state, entry) && (!isInLog || isPastRetention(log, state, entry));
}

/** Whether an entry is past the log's retention; its key's history may still keep it. */
export function isPastLogRetention(
  { log }: CompactRequest,
  state: Omit<LogState, "floor">,
  entry: EntryAge,
): boolean {
  return isPastRetention(log, state, entry);
}

/**
 * Whether an event is past its retention. An event whose log entry is kept never is.
 * @param newer the number of later events
 */
export function isEventPurgeable(
  { events }: CompactRequest,
  { floor, now }: Omit<LogState, "head">,
  event: EntryAge,
  newer: number,
): boolean {
  if (events === undefined || event.position > floor) return false;
  const { count = 0, ms } = events;
  return newer >= count && (ms === undefined || event.at < now - ms);
}

/**
 * Plans a step over the next entries in order. It covers whole commits: a commit with more than `limit` entries is
 * removed in one step.
 * @param entries up to `limit` + 1 entries
 * @returns undefined if no entry is past its retention
 */
export function planCompactionStep(
  entries: readonly EntryAge[],
  limit: number,
  isPast: (entry: EntryAge) => boolean,
): CompactionStep | undefined {
  const first = entries[0];
  if (first === undefined || !isPast(first)) return undefined;
  const last = entries.findLast(isPast) as EntryAge;
  if (entries.length <= limit || last !== entries.at(-1)) return { to: last.position, more: false };
  const { position } = last;
  return { to: position === first.position ? position : position - 1, more: true };
}

function isPastRetention(
  keep: RetentionLimit | undefined,
  { head, now }: Omit<LogState, "floor">,
  { position, at }: EntryAge,
): boolean {
  if (keep === undefined) return false;
  const { commits = 0, ms } = keep;
  return position <= head - commits && (ms === undefined || at < now - ms);
}
