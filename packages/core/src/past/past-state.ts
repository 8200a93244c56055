import { noTenant } from "../copy/compare-tenants.ts";
import { type CopyProgress, totalsOf } from "../copy/copy-progress.ts";
import type { DumpSection } from "../copy/dump-section.ts";
import type { EntryPosition } from "../log/log-position.ts";
import { load } from "../memory/load.ts";
import { TenantState } from "../memory/tenant-state.ts";
import type { ItemRow } from "../model/item-row.ts";
import { beingLoaded } from "../storage/check-load.ts";
import type { EntryRecord, TenantHeader, TenantRecord } from "../storage/tenant-record.ts";
import { LaterChanges } from "./later-changes.ts";
import { PastAgents } from "./past-agents.ts";
import type { PastReader } from "./past-reader.ts";
import { PastRows } from "./past-row.ts";

/** A tenant as it was after the commit at a position. */
export interface PastTenant {
  readonly state: TenantState;
  /** The time of that commit. */
  readonly time: number;
  /** Its id; 0 for the start of the log. */
  readonly commitId: number;
  /** Entries up to the position that the log and histories hold. */
  readonly logEntries: number;
}

type Commit = Pick<PastTenant, "time" | "commitId">;

/** Items that are looked up at the same time. */
const AT_ONCE = 32;
/** Records between two reports of progress. */
const REPORTED = 1_000;

/**
 * Builds the state that a tenant had, from its records of now and the log after the position, also while others write: what
 * was not written since is as it is now, and the log has the rest. The log is read again after the records, so that what
 * was written in between counts as written since.
 * @throws CURSOR_COMPACTED, INVALID_CURSOR, UNAVAILABLE, ABORTED
 */
export async function readPast(
  reader: PastReader,
  onProgress: (progress: CopyProgress) => void,
): Promise<PastTenant> {
  const { position, records, storage, tenantId } = reader;
  const { now } = await reader.log({ after: position, limit: 1 });
  const { header, loading } = await records.loadState();
  if (loading !== null) throw beingLoaded(tenantId);
  if (header === null) return { state: new TenantState(""), time: now, commitId: 0, logEntries: 0 };
  const commit = await commitAt(reader, header, now);
  const totals = await totalsOf(storage, tenantId);
  const report = (section: CopyProgress["section"], done: number): void => {
    if (done % REPORTED === 0) onProgress({ section, done, total: totals[section] });
  };
  const later = new LaterChanges(position);
  const readTo = await readChanges(
    reader,
    later,
    { position, index: Number.MAX_SAFE_INTEGER },
    report,
  );
  const agents = new PastAgents();
  await agents.read(reader);
  const items = await readAll(reader, "items", report);
  const events = await readAll(reader, "events", report);
  await readChanges(reader, later, readTo, report);
  await agents.undo(reader, header.floor, later);
  const rows = await rowsOf(new PastRows(reader, commit.time, now), items, later);
  const { logEntries } = await storage.stats(tenantId);
  // Rejects if the log was compacted past the position meanwhile, or the tenant was dropped.
  const { epoch } = await reader.log({ after: position, limit: 1 });
  if (epoch !== header.epoch) throw noTenant(tenantId);
  // No agent is known before the first commit, which may be of the same millisecond.
  if (position === 0) agents.sightings.clear();
  const state = toState(header, position, commit, [...agents.holdings(), ...rows, ...events]);
  for (const [name, sighting] of agents.sightingsUntil(commit.time))
    state.setSighting(name, sighting);
  return { state, ...commit, logEntries: Math.max(0, logEntries - later.count) };
}

/** Where the log no longer holds the commit, its time is that of the next one: the state was the same until then. */
async function commitAt(reader: PastReader, header: TenantHeader, now: number): Promise<Commit> {
  const { position } = reader;
  const isKept = position > header.floor;
  const { entries } = await reader.log({ after: isKept ? position - 1 : position, limit: 1 });
  const [entry] = entries;
  if (isKept && entry !== undefined) return { time: entry.at, commitId: entry.commitId };
  return { time: entry?.at ?? (position === 0 ? now : header.now), commitId: header.floorCommitId };
}

type Report = (section: CopyProgress["section"], done: number) => void;

/** Adds the entries after one. Returns the last entry. */
async function readChanges(
  { records }: PastReader,
  later: LaterChanges,
  after: EntryPosition,
  report: Report,
): Promise<EntryPosition> {
  let last = after;
  for await (const record of records.records("log", after)) {
    const { position, index } = record as EntryRecord;
    last = { position, index };
    later.add(record as EntryRecord);
    report("changes", later.count);
  }
  return last;
}

/** The records of a section; of the events, those up to the position. */
async function readAll(
  { records, position }: PastReader,
  section: DumpSection,
  report: Report,
): Promise<readonly TenantRecord[]> {
  const found: TenantRecord[] = [];
  for await (const record of records.records(section)) {
    if (record.type === "event" && record.event.position > position) break;
    found.push(record);
    report(section, found.length);
  }
  return found;
}

async function rowsOf(
  past: PastRows,
  records: readonly TenantRecord[],
  later: LaterChanges,
): Promise<readonly TenantRecord[]> {
  const current = new Map<string, ItemRow>();
  for (const record of records)
    if (record.type === "item" && record.row !== null) current.set(record.key, record.row);
  const keys = [...new Set([...current.keys(), ...later.items.keys()])];
  const rows: TenantRecord[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE).map(async (key) => {
      const change = later.items.get(key);
      const row = current.get(key);
      const found =
        change === undefined ? row && past.unchanged(row) : past.changed(key, change, row);
      return { type: "item" as const, key, row: (await found) ?? null };
    });
    rows.push(...(await Promise.all(some)));
  }
  return rows;
}

/** Of the log, the state has only its position: it is read from the storage. */
function toState(
  { epoch, lastRemovedEvent }: TenantHeader,
  position: number,
  { time, commitId }: Commit,
  records: readonly TenantRecord[],
): TenantState {
  const state = new TenantState(epoch);
  const log = { head: position, floor: position, historyFloor: position, floorEntries: 0 };
  const commit = { headCommitId: commitId, floorCommitId: commitId };
  const header = { epoch, ...log, ...commit, lastRemovedEvent, now: time };
  load(state, { tenantId: "", header, records, after: null, progress: null });
  return state;
}
