import { noTenant } from "../copy/compare-tenants.ts";
import { type CopyProgress, totalsOf } from "../copy/copy-progress.ts";
import type { EntryPosition } from "../log/log-position.ts";
import { load } from "../memory/load.ts";
import { TenantState } from "../memory/tenant-state.ts";
import { isExpired, type ItemRow } from "../model/item-row.ts";
import { beingLoaded } from "../storage/check-load.ts";
import type { TenantHeader } from "../storage/tenant-record.ts";
import { CompactRows } from "./compact-rows.ts";
import { type LaterChange, LaterChanges } from "./later-changes.ts";
import { PastAgents } from "./past-agents.ts";
import { PastEntries } from "./past-entries.ts";
import { PastFold } from "./past-fold.ts";
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
 * Builds the state that a tenant had, also while others write. What was not written since is as it is now. The rest comes
 * from the log: from its start if it is whole and the position is nearer to that, else backwards from now.
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
  const context = { reader, header, commit, now, entries: totals.log ?? 0, report };
  const isNearStart = header.floor === 0 && position < header.head * NEAR_START;
  const folded = isNearStart ? await foldForwards(context) : undefined;
  const { state, agents, logEntries, agentsAtOnce } = folded ?? (await undoBackwards(context));
  for (const holding of agents.holdings()) state.setAgent(holding);
  // Rejects if the log was compacted past the position meanwhile, or the tenant was dropped.
  const { epoch } = await reader.log({ after: position, limit: 1 });
  if (epoch !== header.epoch) throw noTenant(tenantId);
  // Before the first commit, no agent was known; it may be of the same millisecond.
  if (position === 0) agents.sightings.clear();
  await agents.forgetLater(reader, agentsAtOnce, commit.time);
  for (const [name, sighting] of agents.sightingsUntil(commit.time))
    state.setSighting(name, sighting);
  return { state, ...commit, logEntries };
}

/** Going back takes about twice as long per entry: it reads what is written after the position, and what that replaced. */
const NEAR_START = 2 / 3;

interface Context {
  readonly reader: PastReader;
  readonly header: TenantHeader;
  readonly commit: Commit;
  readonly now: number;
  /** About how many entries there are. */
  readonly entries: number;
  readonly report: Report;
}

type Built = Pick<PastTenant, "state" | "logEntries"> & {
  readonly agents: PastAgents;
  /** Agents that entries after the position name, in its millisecond. */
  readonly agentsAtOnce: ReadonlySet<string>;
};

/** Undefined if the log was compacted meanwhile. */
async function foldForwards(context: Context): Promise<Built | undefined> {
  const { reader, header, commit, now, report } = context;
  const agents = new PastAgents();
  await agents.read(reader);
  agents.clear();
  const state = stateAt(header, reader.position, commit);
  const rows = new PastRows(reader, new PastEntries(reader), commit.time, now);
  const fold = new PastFold(reader, state, rows, now);
  let count = 0;
  for await (const page of reader.records.pages("items"))
    for (const record of page) {
      if (record.type !== "item" || record.row === null) continue;
      const adding = fold.addCurrent(record.row);
      if (adding !== undefined) await adding;
      report("items", ++count);
    }
  await readEvents(reader, state, report);
  await reader.eachEntry({ position: 0, index: Number.MAX_SAFE_INTEGER }, (entry) => {
    if (entry.position > reader.position) return false;
    fold.add(entry);
    agents.fold(entry);
    report("log", fold.count);
    return true;
  });
  await fold.finish();
  const later = new LaterChanges(reader.position, commit.time);
  await reader.eachEntry(afterAll(reader.position), (entry) => {
    if (entry.at > commit.time) return false;
    later.add(entry);
    return true;
  });
  const { header: after } = await reader.records.loadState();
  if (after === null || after.floor > 0) return undefined;
  return { state, agents, logEntries: fold.count, agentsAtOnce: later.agentsAtOnce };
}

/** The log is read again after the records, so that what was written in between counts as written since. */
async function undoBackwards(context: Context): Promise<Built> {
  const { reader, header, commit, now, report } = context;
  const { position, storage, tenantId } = reader;
  const later = new LaterChanges(position, commit.time);
  const readTo = await readChanges(reader, later, afterAll(position), report);
  const agents = new PastAgents();
  await agents.read(reader);
  const entries = new PastEntries(reader);
  const rows = new PastRows(reader, entries, commit.time, now);
  const state = stateAt(header, position, commit);
  const { current, expired } = await readItems(context, state, rows, later);
  await readEvents(reader, state, report);
  const density = {
    entries: Math.max(0, context.entries - later.count),
    commits: position - header.historyFloor,
  };
  const isExpiredNow = (key: string): boolean => expired.has(key);
  await entries.scan(later, density, isExpiredNow, (count) => report("log", count));
  await readChanges(reader, later, readTo, report);
  await agents.undo(reader, header.floor, later);
  await undoItems(state, rows, later, current);
  const { logEntries } = await storage.stats(tenantId);
  const { agentsAtOnce } = later;
  return { state, agents, logEntries: Math.max(0, logEntries - later.count), agentsAtOnce };
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
  reader: PastReader,
  later: LaterChanges,
  after: EntryPosition,
  report: Report,
): Promise<EntryPosition> {
  let last = after;
  await reader.eachEntry(after, (entry) => {
    last = { position: entry.position, index: entry.index };
    later.add(entry);
    report("changes", later.count);
    return true;
  });
  return last;
}

function afterAll(position: number): EntryPosition {
  return { position, index: Number.MAX_SAFE_INTEGER };
}

/**
 * Fills in the items that were not written since. Returns, of the others, the rows of those that may only have been claimed
 * or released, and the keys of those that are expired.
 */
async function readItems(
  { reader, now, report }: Context,
  state: TenantState,
  rows: PastRows,
  later: LaterChanges,
): Promise<{
  readonly current: ReadonlyMap<string, ItemRow>;
  readonly expired: ReadonlySet<string>;
}> {
  const [current, expired] = [new Map<string, ItemRow>(), new Set<string>()];
  const compact = new CompactRows();
  let count = 0;
  for await (const page of reader.records.pages("items"))
    for (const record of page) {
      report("items", ++count);
      if (record.type !== "item" || record.row === null) continue;
      const { key, row } = record;
      const change = later.items.get(key);
      if (change === undefined) {
        const found = rows.unchanged(row);
        const then = found instanceof Promise ? await found : found;
        state.replaceItem(key, compact.of(then));
        continue;
      }
      if (isExpired(row, now)) expired.add(key);
      if (change.isLease && change.replaced === undefined) current.set(key, row);
    }
  return { current, expired };
}

/** Fills in the events up to the position. */
async function readEvents(
  { records, position }: PastReader,
  state: TenantState,
  report: Report,
): Promise<void> {
  let count = 0;
  for await (const page of records.pages("events"))
    for (const record of page) {
      if (record.type !== "event") continue;
      if (record.event.position > position) return;
      state.events.put(record.event);
      report("events", ++count);
    }
}

/** Puts the items that were written since back to what they were. */
async function undoItems(
  state: TenantState,
  rows: PastRows,
  { items }: LaterChanges,
  current: ReadonlyMap<string, ItemRow>,
): Promise<void> {
  const keys = [...items.keys()];
  const compact = new CompactRows();
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE).map(async (key) => {
      const row = current.get(key) ?? state.item(key);
      return [key, await rows.changed(key, items.get(key) as LaterChange, row)] as const;
    });
    for (const [key, row] of await Promise.all(some))
      state.replaceItem(key, row && compact.of(row));
  }
}

/** A state without records. Of the log, it has only its position: it is read from the storage. */
function stateAt(
  { epoch, lastRemovedEvent }: TenantHeader,
  position: number,
  { time, commitId }: Commit,
): TenantState {
  const state = new TenantState(epoch);
  const log = { head: position, floor: position, historyFloor: position, floorEntries: 0 };
  const commit = { headCommitId: commitId, floorCommitId: commitId };
  const header = { epoch, ...log, ...commit, lastRemovedEvent, now: time };
  load(state, { tenantId: "", header, records: [], after: null, progress: null });
  return state;
}
