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

/** A line of the log, or an event, as far as its age goes. */
export interface Aged {
  readonly position: number;
  /** Milliseconds of the storage's time; never less than that of the one before. */
  readonly at: number;
}

/** How far one step goes: whole commits, up to this position. */
export interface Step {
  readonly to: number;
  /** Whether the next commit would go too. */
  readonly more: boolean;
}

/** Types of lines that tell a key's history, also when the log no longer reaches back to them. */
export const HISTORY_TYPES: readonly StoredChange["type"][] = ["put", "delete", "expire"];

export function isHistory({ type }: Pick<StoredChange, "type">): boolean {
  return HISTORY_TYPES.includes(type);
}

/** A tenant's log and time, as far as a compaction goes by them. */
interface Standing {
  readonly head: number;
  readonly floor: number;
  readonly now: number;
}

/**
 * Whether nobody wants a line any more: neither its key's history nor the log. What holds for one line holds for
 * every older one. Lines up to the floor are not the log's any longer.
 */
export function isPurgeable(
  { log, history }: CompactRequest,
  standing: Standing,
  line: Aged,
): boolean {
  const isPast = line.position <= standing.floor;
  return isLeft(history, standing, line) && (isPast || isLeft(log, standing, line));
}

/** Whether the log does not want a line any more; its key's history still may. */
export function isPastLogRetention(
  { log }: CompactRequest,
  standing: Omit<Standing, "floor">,
  line: Aged,
): boolean {
  return isLeft(log, standing, line);
}

/** Whether nobody wants an event any more; `newer` tells how many came after it. Those that the log tells of stay. */
export function isEventPurgeable(
  { events }: CompactRequest,
  { floor, now }: Omit<Standing, "head">,
  event: Aged,
  newer: number,
): boolean {
  if (events === undefined || event.position > floor) return false;
  const { count = 0, ms } = events;
  return newer >= count && (ms === undefined || event.at < now - ms);
}

/**
 * How far a step goes through `lines`, the next ones in their order: one more than `limit`, as far as there are. A
 * commit that has more lines than that goes whole. Undefined when there is nothing to go through.
 */
export function planCompactionStep(
  lines: readonly Aged[],
  limit: number,
  goes: (line: Aged) => boolean,
): Step | undefined {
  const first = lines[0];
  if (first === undefined || !goes(first)) return undefined;
  const last = lines.findLast(goes) as Aged;
  if (lines.length <= limit || last !== lines.at(-1)) return { to: last.position, more: false };
  const { position } = last;
  return { to: position === first.position ? position : position - 1, more: true };
}

function isLeft(
  keep: RetentionLimit | undefined,
  { head, now }: Omit<Standing, "floor">,
  { position, at }: Aged,
): boolean {
  if (keep === undefined) return false;
  const { commits = 0, ms } = keep;
  return position <= head - commits && (ms === undefined || at < now - ms);
}
