import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { LogEntry } from "../log/change.ts";
import { type Cursor, parseCursor, toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import { checkPositionNumber } from "../log/position-number.ts";
import { checkFlag } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Session } from "../session/session.ts";
import { PageSize } from "../storage/page-size.ts";
import type { LogPage, LogQuery } from "../storage/query.ts";
import { checkLimit, MAX_PAGE } from "../view/page-token.ts";
import { type EntrySelection, SELECTION, toEntryTest } from "./entry-selection.ts";
import { type MeshLogEntry, toMeshLogEntry } from "./mesh-log-entry.ts";

export interface LogFilter extends EntrySelection {
  /** Only entries after the commit at this position, or after a cursor. @default the oldest entry */
  after?: number | Cursor | undefined;
  /** Only entries of commits before this position. */
  before?: number | undefined;
  /** Only entries of the newest commits, of those before `before`: 1 to 1,000. Not together with `after`. */
  last?: number | undefined;
  /** `false` leaves out the values of items. @default true */
  values?: boolean | undefined;
  /** 1 to 1,000. @default 100, or with `last` 1,000 */
  limit?: number | undefined;
}

const LOG = knownOptions<LogFilter>("log", {
  ...SELECTION,
  after: true,
  before: true,
  last: true,
  values: true,
  limit: true,
});

/** A page of the log. */
export interface LogListing {
  /** In log order. */
  readonly entries: readonly MeshLogEntry[];
  /** Pass it as `after` for the entries that follow, also for those of later commits. */
  readonly cursor: Cursor;
  /** Whether there may be more entries of this selection already. A page may have few entries, or none, and more follow. */
  readonly more: boolean;
  /** Whether the cursor is at the end of the log. */
  readonly isHead: boolean;
  /** The position of the last commit. */
  readonly head: number;
  /** The last position that was removed from the log; 0 if none was. The log has the entries of `head - floor` commits. */
  readonly floor: number;
  /** The storage's time of the read. */
  readonly at: Date;
}

/** Entries that one call reads to find those that it selects. */
const MAX_READ = 10_000;
const FIRST_PAGE = 100;
const MAX_TRIES = 10;

/** Reads the tenant's log for a person. */
export async function listLog(session: Session, filter: LogFilter): Promise<LogListing> {
  checkOptions(filter, LOG);
  const { key, after, before, last, values = true } = filter;
  checkFlag("values", filter.values);
  if (after !== undefined && typeof after !== "string") checkPositionNumber("after", after);
  if (before !== undefined) checkPositionNumber("before", before);
  if (last !== undefined) checkLimit(last, "last");
  if (last !== undefined && after !== undefined) throw afterAndLast();
  const limit = checkLimit(filter.limit ?? (last === undefined ? undefined : MAX_PAGE));
  const isSelected = toEntryTest(session.encoder, filter);
  const start = typeof after === "string" ? parseCursor(after) : after;
  const query = { key, before, isSelected, limit };
  if (last === undefined) return readEntries(session, start ?? "start", query, values);
  for (let tries = 1; ; tries++) {
    try {
      return await readEntries(session, await startOfLast(session, last, before), query, values);
    } catch (error) {
      // The log was compacted between the two reads.
      if (!isSynthaError(error, "CURSOR_COMPACTED") || tries === MAX_TRIES) throw error;
    }
  }
}

async function startOfLast(
  { tenantId, storage }: Session,
  last: number,
  before: number = Infinity,
): Promise<number> {
  const query = { after: "end", limit: 1 } as const;
  const { head, floor } = await (await storage.ready()).log(tenantId, query);
  return Math.max(floor, Math.min(head, before - 1) - last);
}

interface EntryQuery {
  readonly key: string | undefined;
  readonly before: number | undefined;
  readonly isSelected: ((entry: LogEntry) => boolean) | undefined;
  readonly limit: number;
}

/** Reads pages until the limit, the end or {@link MAX_READ} is reached. */
async function readEntries(
  { tenantId, storage }: Session,
  start: LogQuery["after"],
  { key, before = Infinity, isSelected, limit }: EntryQuery,
  values: boolean,
): Promise<LogListing> {
  const size = new PageSize(FIRST_PAGE, MAX_PAGE);
  const entries: MeshLogEntry[] = [];
  let read = 0;
  for (let after = start; ;) {
    // One more than are returned, to know whether more follow.
    const most = isSelected === undefined ? limit - entries.length + 1 : MAX_PAGE;
    const query = { after, key, limit: Math.min(size.limit, most) };
    const page = await (await storage.ready()).log(tenantId, query);
    for (const entry of page.entries) {
      const isPast = entry.position >= before;
      if (!isPast && !(isSelected?.(entry) ?? true)) continue;
      if (isPast || entries.length === limit)
        return toListing(page, entries, positionBefore(entry, page), !isPast);
      entries.push(toMeshLogEntry(entry, page.epoch, values));
    }
    size.noteEntries(page.entries);
    read += page.entries.length;
    after = page.end;
    if (page.isHead || read >= MAX_READ) return toListing(page, entries, page.end, !page.isHead);
  }
}

function toListing(
  { isHead, head, floor, now }: LogPage,
  entries: readonly MeshLogEntry[],
  end: LogPosition,
  more: boolean,
): LogListing {
  const isAtEnd = isHead && end.position === head && end.done === "all";
  return { entries, cursor: toCursor(end), more, isHead: isAtEnd, head, floor, at: new Date(now) };
}

function positionBefore({ position, index, commitId }: LogEntry, { epoch }: LogPage): LogPosition {
  return { epoch, position, done: index, commitId };
}

function afterAndLast(): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", "`after` and `last` exclude each other.", {
    hint: "Pass `last` alone for the newest entries, or with `before` for those that precede a position.",
    details: { path: "last" },
  });
}
