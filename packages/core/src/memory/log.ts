import type {
  Change,
  CommitHeader,
  LogEntry,
  PriorAudience,
  StoredChange,
  StoredEntry,
} from "../log/change.ts";
import { toStoredChange, toPriorAudience } from "../log/stored-change.ts";
import type { LogPosition } from "../log/log-position.ts";
import { isHistory } from "../storage/compaction.ts";
import type { EventRow } from "../model/event-row.ts";
import { isExpired, type ItemRow } from "../model/item-row.ts";
import type { TenantHeader } from "../storage/tenant-record.ts";
import type { EventPosition } from "./events.ts";
import type { KeyTable } from "./key-table.ts";
import { EntryQueue } from "./entry-queue.ts";

/** A stored entry in the chain of its key. */
export interface ChainedEntry extends Omit<StoredEntry, "change"> {
  change: StoredChange;
  /** The previous and the next entry of the same key. */
  earlier: ChainedEntry | undefined;
  later: ChainedEntry | undefined;
}

type ReadPosition = Pick<LogPosition, "position" | "done">;

export interface Lookup {
  item(key: string): ItemRow | undefined;
  event(place: EventPosition): EventRow | undefined;
}

/** A tenant's log. Entries of a key are chained; `past` has those up to the floor that histories keep. */
export class Log {
  readonly #keys: KeyTable;
  readonly #past = new EntryQueue<ChainedEntry>();
  readonly #logged = new EntryQueue<ChainedEntry>();
  #floorCommitId = 0;
  floor = 0;
  floorEntries = 0;
  historyFloor = 0;
  head = 0;

  constructor(keys: KeyTable) {
    this.#keys = keys;
  }

  /** Entries of the log and of histories. */
  get size(): number {
    return this.#past.length + this.#logged.length;
  }

  append(header: CommitHeader, changes: readonly Change[]): void {
    this.head = header.position;
    for (let index = 0; index < changes.length; index++)
      this.#add(header, index, toStoredChange(changes[index] as Change));
  }

  /** Appends an entry of another storage's log. */
  load(entry: StoredEntry): void {
    this.#add(entry, entry.index, entry.change);
  }

  #add({ position, commitId, at, actor }: CommitHeader, index: number, change: StoredChange): void {
    const record = "key" in change ? this.#keys.open(change.key) : undefined;
    const earlier = record?.lastEntry;
    const later = undefined;
    const entry: ChainedEntry = { position, index, commitId, at, actor, change, earlier, later };
    (position > this.floor ? this.#logged : this.#past).add(entry);
    if (record === undefined) return;
    if (earlier !== undefined) earlier.later = entry;
    record.lastEntry = entry;
    // R8: only earlier values; the same commit may create the key again.
    if (change.type === "expire") clearValues(entry);
  }

  /** Adopts the floor and head of another log. */
  adopt({ head, floor, floorCommitId, floorEntries, historyFloor }: TenantHeader): void {
    this.removeUpTo(Math.min(historyFloor, floor));
    this.removeExceptHistory(floor);
    this.head = head;
    this.#floorCommitId = floorCommitId;
    this.floorEntries = floorEntries;
  }

  /** Entries after a position as they are stored, and whether more follow. */
  stored(after: ReadPosition | "start", limit: number): [StoredEntry[], boolean] {
    const start = indexAfter(this.#past, after);
    const past = this.#past.slice(start, start + limit + 1);
    const at = indexAfter(this.#logged, after);
    const to = at + Math.max(0, limit - past.length);
    const entries = [...past.slice(0, limit), ...this.#logged.slice(at, to)];
    return [entries.map(toStored), past.length > limit || to < this.#logged.length];
  }

  commitIdAt(position: number): number | undefined {
    if (position === this.floor) return this.#floorCommitId;
    const entries = position < this.floor ? this.#past : this.#logged;
    const entry = entries.at(entries.firstAt(position));
    return entry?.position === position ? entry.commitId : undefined;
  }

  /** Entries after a position, and whether more follow; with a key, those of its history. */
  read(
    after: ReadPosition | "start",
    key: string | undefined,
    limit: number,
    now: number,
    lookup: Lookup,
  ): [LogEntry[], boolean] {
    const queue = key === undefined ? this.#logged : this.#entriesOf(key);
    const at = indexAfter(queue, after);
    const entries = queue.slice(at, at + limit).map((entry) => this.#toEntry(entry, now, lookup));
    return [entries, at + limit < queue.length];
  }

  #toEntry(chained: ChainedEntry, now: number, lookup: Lookup): LogEntry {
    const entry = toStored(chained);
    const { change } = entry;
    if (change.type === "event")
      return { ...entry, current: null, event: lookup.event(entry) ?? null };
    if (change.type !== "put") return { ...entry, current: null, event: null };
    const row = lookup.item(change.key);
    if (row === undefined)
      return { ...entry, current: this.#audienceAtDeletion(change.key), event: null };
    if (!isExpired(row, now)) return { ...entry, current: toPriorAudience(row), event: null };
    const after = { ...change.after, value: null };
    return { ...entry, change: { ...change, after }, current: null, event: null };
  }

  /** Who saw an item when it was deleted, if that is its key's last entry. */
  #audienceAtDeletion(key: string): PriorAudience | null {
    const change = this.#keys.find(key)?.lastEntry?.change;
    return change?.type === "delete" ? change.before : null;
  }

  /** The oldest entries, including those that only histories keep. */
  oldest(limit: number): readonly ChainedEntry[] {
    const past = this.#past.slice(0, limit);
    return [...past, ...this.#logged.slice(0, limit - past.length)];
  }

  /** The oldest entries of the log. */
  oldestLogged(limit: number): readonly ChainedEntry[] {
    return this.#logged.slice(0, limit);
  }

  /** Removes every entry up to a position; returns how many. */
  removeUpTo(position: number): number {
    if (position <= this.historyFloor) return 0;
    const past = this.#past.takeUpTo(position);
    const entries = this.#raiseFloor(position);
    this.historyFloor = position;
    for (const entry of past) this.#remove(entry);
    for (const entry of entries) this.#remove(entry);
    return past.length + entries.length;
  }

  /** Removes entries up to a position from the log, but keeps those of histories; returns how many it removed. */
  removeExceptHistory(position: number): number {
    let removed = 0;
    for (const entry of this.#raiseFloor(position)) {
      if (isHistory(entry.change)) {
        this.#past.add(entry);
      } else {
        this.#remove(entry);
        removed++;
      }
    }
    return removed;
  }

  /** Returns the entries that are no longer in the log. */
  #raiseFloor(position: number): readonly ChainedEntry[] {
    if (position <= this.floor) return [];
    this.#floorCommitId = this.commitIdAt(position) ?? 0;
    const entries = this.#logged.takeUpTo(position);
    this.floorEntries = entries.filter((entry) => entry.position === position).length;
    this.floor = position;
    return entries;
  }

  /** Removes an entry from its key's chain. */
  #remove({ change, earlier, later }: ChainedEntry): void {
    if (!("key" in change)) return;
    if (earlier !== undefined) earlier.later = later;
    if (later !== undefined) later.earlier = earlier;
    else this.#keys.setLastEntry(change.key, earlier);
  }

  #entriesOf(key: string): EntryQueue<ChainedEntry> {
    let entry = this.#keys.find(key)?.lastEntry;
    while (entry?.earlier !== undefined) entry = entry.earlier;
    const entries = new EntryQueue<ChainedEntry>();
    for (; entry !== undefined; entry = entry.later) entries.add(entry);
    return entries;
  }
}

function indexAfter(entries: EntryQueue<ChainedEntry>, after: ReadPosition | "start"): number {
  if (after === "start") return 0;
  const { position, done } = after;
  if (done === "all") return entries.firstAt(position + 1);
  let at = entries.firstAt(position);
  for (let entry = entries.at(at); entry?.position === position && entry.index < done;)
    entry = entries.at(++at);
  return at;
}

/** Removes the values of a key's entries up to this one. */
function clearValues(last: ChainedEntry): void {
  for (let entry: ChainedEntry | undefined = last; entry !== undefined; entry = entry.earlier) {
    const { change } = entry;
    if (change.type === "put" && change.after.value !== null)
      entry.change = { ...change, after: { ...change.after, value: null } };
  }
}

function toStored({ position, index, commitId, at, actor, change }: ChainedEntry): StoredEntry {
  return { position, index, commitId, at, actor, change };
}
