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
import type { EventPlace } from "./events.ts";
import type { KeyTable } from "./key-table.ts";
import { LineQueue } from "./line-queue.ts";

/** A change as it is kept; who sees its item now is looked up when it is read. */
export interface Line extends Omit<StoredEntry, "change"> {
  change: StoredChange;
  /** The lines before and after it that are about the same key. */
  earlier: Line | undefined;
  later: Line | undefined;
}

type LinePlace = Pick<LogPosition, "position" | "done">;

export interface Lookup {
  item(key: string): ItemRow | undefined;
  event(place: EventPlace): EventRow | undefined;
}

/** A tenant's log, with the lines of each key chained, and lines from before its floor that tell keys' histories. */
export class Log {
  readonly #keys: KeyTable;
  readonly #past = new LineQueue<Line>();
  readonly #lines = new LineQueue<Line>();
  #floorMark = 0;
  floor = 0;
  floorEntries = 0;
  historyFloor = 0;
  head = 0;

  constructor(keys: KeyTable) {
    this.#keys = keys;
  }

  /** Lines that are kept, for the log and for histories. */
  get size(): number {
    return this.#past.length + this.#lines.length;
  }

  append(header: CommitHeader, changes: readonly Change[]): void {
    this.head = header.position;
    for (const [index, change] of changes.entries())
      this.#add(header, index, toStoredChange(change));
  }

  /** Appends an entry of another storage's log. */
  load(entry: StoredEntry): void {
    this.#add(entry, entry.index, entry.change);
  }

  #add({ position, commitId, at, actor }: CommitHeader, index: number, change: StoredChange): void {
    const entry = "key" in change ? this.#keys.open(change.key) : undefined;
    const earlier = entry?.line;
    const line: Line = { position, index, commitId, at, actor, change, earlier, later: undefined };
    (position > this.floor ? this.#lines : this.#past).add(line);
    if (entry === undefined) return;
    if (earlier !== undefined) earlier.later = line;
    entry.line = line;
    // R8: only earlier values; the same commit may create the key again.
    if (change.type === "expire") scrub(line);
  }

  /** Takes up where another log stands. */
  stand({ head, floor, floorCommitId, floorEntries, historyFloor }: TenantHeader): void {
    this.forgetTo(Math.min(historyFloor, floor));
    this.thinTo(floor);
    this.head = head;
    this.#floorMark = floorCommitId;
    this.floorEntries = floorEntries;
  }

  /** All lines behind a place, as they are kept, and whether more follow. */
  lines(after: LinePlace | "start", limit: number): [StoredEntry[], boolean] {
    const start = indexAfter(this.#past, after);
    const past = this.#past.slice(start, start + limit + 1);
    const at = indexAfter(this.#lines, after);
    const to = at + Math.max(0, limit - past.length);
    const lines = [...past.slice(0, limit), ...this.#lines.slice(at, to)];
    return [lines.map(toStored), past.length > limit || to < this.#lines.length];
  }

  markAt(position: number): number | undefined {
    if (position === this.floor) return this.#floorMark;
    const lines = position < this.floor ? this.#past : this.#lines;
    const line = lines.at(lines.firstAt(position));
    return line?.position === position ? line.commitId : undefined;
  }

  /** Lines behind a place, oldest first, and whether more follow; with a key, those of its history. */
  read(
    after: LogPosition | "start",
    key: string | undefined,
    limit: number,
    now: number,
    lookup: Lookup,
  ): [LogEntry[], boolean] {
    const lines = key === undefined ? this.#lines : this.#linesOf(key);
    const at = indexAfter(lines, after);
    const entries = lines.slice(at, at + limit).map((line) => this.#toEntry(line, now, lookup));
    return [entries, at + limit < lines.length];
  }

  #toEntry(line: Line, now: number, lookup: Lookup): LogEntry {
    const entry = toStored(line);
    const { change } = line;
    if (change.type === "event")
      return { ...entry, current: null, event: lookup.event(line) ?? null };
    if (change.type !== "put") return { ...entry, current: null, event: null };
    const row = lookup.item(change.key);
    if (row === undefined)
      return { ...entry, current: this.#audienceAtDeletion(change.key), event: null };
    if (!isExpired(row, now)) return { ...entry, current: toPriorAudience(row), event: null };
    const after = { ...change.after, value: null };
    return { ...entry, change: { ...change, after }, current: null, event: null };
  }

  /** Who saw an item when it was deleted, if that is the last that happened to its key. */
  #audienceAtDeletion(key: string): PriorAudience | null {
    const change = this.#keys.find(key)?.line?.change;
    return change?.type === "delete" ? change.before : null;
  }

  /** The oldest lines of all. */
  oldest(limit: number): readonly Line[] {
    const past = this.#past.slice(0, limit);
    return [...past, ...this.#lines.slice(0, limit - past.length)];
  }

  /** The oldest lines that are the log's. */
  oldestLogged(limit: number): readonly Line[] {
    return this.#lines.slice(0, limit);
  }

  /** Removes every line up to a position. Tells how many. */
  forgetTo(position: number): number {
    if (position <= this.historyFloor) return 0;
    const past = this.#past.takeTo(position);
    const lines = this.#raiseFloor(position);
    this.historyFloor = position;
    for (const line of past) this.#remove(line);
    for (const line of lines) this.#remove(line);
    return past.length + lines.length;
  }

  /** Takes the lines up to a position from the log, and keeps those of histories. Tells how many it removed. */
  thinTo(position: number): number {
    let removed = 0;
    for (const line of this.#raiseFloor(position)) {
      if (isHistory(line.change)) {
        this.#past.add(line);
      } else {
        this.#remove(line);
        removed++;
      }
    }
    return removed;
  }

  /** Gives the lines that are then no longer the log's. */
  #raiseFloor(position: number): readonly Line[] {
    if (position <= this.floor) return [];
    this.#floorMark = this.markAt(position) ?? 0;
    const lines = this.#lines.takeTo(position);
    this.floorEntries = lines.filter((line) => line.position === position).length;
    this.floor = position;
    return lines;
  }

  /** Takes a line out of its key's chain. */
  #remove({ change, earlier, later }: Line): void {
    if (!("key" in change)) return;
    if (earlier !== undefined) earlier.later = later;
    if (later !== undefined) later.earlier = earlier;
    else this.#keys.setLine(change.key, earlier);
  }

  #linesOf(key: string): LineQueue<Line> {
    let line = this.#keys.find(key)?.line;
    while (line?.earlier !== undefined) line = line.earlier;
    const lines = new LineQueue<Line>();
    for (; line !== undefined; line = line.later) lines.add(line);
    return lines;
  }
}

function indexAfter(lines: LineQueue<Line>, after: LinePlace | "start"): number {
  if (after === "start") return 0;
  const { position, done } = after;
  if (done === "all") return lines.firstAt(position + 1);
  let at = lines.firstAt(position);
  for (let line = lines.at(at); line?.position === position && line.index < done;)
    line = lines.at(++at);
  return at;
}

/** Lets go of the values that a key's lines up to this one hold. */
function scrub(last: Line): void {
  for (let line: Line | undefined = last; line !== undefined; line = line.earlier) {
    const { change } = line;
    if (change.type === "put" && change.after.value !== null)
      line.change = { ...change, after: { ...change.after, value: null } };
  }
}

function toStored({ position, index, commitId, at, actor, change }: Line): StoredEntry {
  return { position, index, commitId, at, actor, change };
}
