import type { Change, KeptChange, LogEntry, LoggedChange, PastSight } from "../log/change.ts";
import { kept, pastSight } from "../log/kept.ts";
import type { Place } from "../log/place.ts";
import { isExpired, type ItemRow } from "../storage/item-row.ts";
import type { LogLine, TenantHeader } from "../storage/record.ts";
import type { EventPlace } from "./events.ts";
import type { KeyTable } from "./key-table.ts";

/** A change as it is kept; who sees its item now is looked up when it is read. */
export interface Line extends Omit<LogEntry, "change"> {
  change: KeptChange;
  /** The line before it that is about the same key. */
  earlier: Line | undefined;
}

export interface Lookup {
  item(key: string): ItemRow | undefined;
  event(place: EventPlace): (LoggedChange & { type: "event" })["event"] | undefined;
}

/** A tenant's log, with the lines of each key chained from the last one back. */
export class Log {
  #lines: Line[] = [];
  readonly #keys: KeyTable;
  #floorMark = 0;
  floor = 0;
  floorEntries = 0;
  head = 0;

  constructor(keys: KeyTable) {
    this.#keys = keys;
  }

  append(
    position: number,
    mark: number,
    at: number,
    by: string | null,
    changes: readonly Change[],
  ): void {
    this.head = position;
    for (let index = 0; index < changes.length; index++) {
      const change = kept(changes[index] as Change);
      this.#add({ position, index, mark, at, by, change, earlier: undefined });
    }
  }

  #add(line: Line): void {
    this.#lines.push(line);
    if (!("key" in line.change)) return;
    const entry = this.#keys.open(line.change.key);
    line.earlier = entry.line;
    entry.line = line;
    // R8: only what came before; the same commit may go on to create the key anew.
    if (line.change.type === "expire") scrub(line);
  }

  /** Takes up the next line of another log. */
  load({ position, index, mark, at, by, change }: LogLine): void {
    this.#add({ position, index, mark, at, by, change, earlier: undefined });
  }

  /** Takes up where another log stands. */
  stand({ head, floor, floorMark, floorEntries }: TenantHeader): void {
    this.compact(floor);
    this.head = head;
    this.#floorMark = floorMark;
    this.floorEntries = floorEntries;
  }

  /** Lines behind a place, as they are kept, and whether more follow. */
  lines(after: Place | "start", limit: number): [LogLine[], boolean] {
    const at = this.#indexAfter(this.#lines, after);
    const lines = this.#lines.slice(at, at + limit).map((line): LogLine => {
      const { position, index, mark, at: time, by, change } = line;
      return { type: "line", position, index, mark, at: time, by, change };
    });
    return [lines, at + limit < this.#lines.length];
  }

  markAt(position: number): number | undefined {
    if (position === this.floor) return this.#floorMark;
    const line = this.#lines[this.#firstAt(this.#lines, position)];
    return line?.position === position ? line.mark : undefined;
  }

  /** Lines behind a place, oldest first, and whether more follow. */
  read(
    after: Place | "start",
    key: string | undefined,
    limit: number,
    now: number,
    lookup: Lookup,
  ): [LogEntry[], boolean] {
    const lines = key === undefined ? this.#lines : this.#linesOf(key);
    const at = this.#indexAfter(lines, after);
    const entries = lines.slice(at, at + limit).map((line) => this.#toEntry(line, now, lookup));
    return [entries, at + limit < lines.length];
  }

  #toEntry({ change, ...line }: Line, now: number, lookup: Lookup): LogEntry {
    const { position, index, mark, at, by } = line;
    const logged = toLogged(change, line, now, lookup, (key) => this.#sightAtDeletion(key));
    return { position, index, mark, at, by, change: logged };
  }

  /** Who saw an item when it was deleted, if that is the last that happened to its key. */
  #sightAtDeletion(key: string): PastSight | null {
    const change = this.#keys.find(key)?.line?.change;
    return change?.type === "delete" ? change.before : null;
  }

  compact(floor: number): void {
    if (floor <= this.floor) return;
    this.#floorMark = this.markAt(floor) ?? 0;
    this.floor = floor;
    const kept = this.#firstAt(this.#lines, floor + 1);
    this.floorEntries = kept - this.#firstAt(this.#lines, floor);
    this.#lines = this.#lines.slice(kept);
    this.#keys.forget(floor);
    for (const line of this.#lines) {
      if (line.earlier !== undefined && line.earlier.position <= floor) line.earlier = undefined;
    }
  }

  /** The last position written before a time. */
  lastBefore(time: number): number {
    let position = this.floor;
    for (const line of this.#lines) {
      if (line.at >= time) break;
      position = line.position;
    }
    return position;
  }

  #linesOf(key: string): readonly Line[] {
    const lines: Line[] = [];
    for (let line = this.#keys.find(key)?.line; line !== undefined; line = line.earlier)
      lines.push(line);
    return lines.reverse();
  }

  #indexAfter(lines: readonly Line[], after: Place | "start"): number {
    if (after === "start") return 0;
    const { position, done } = after;
    if (done === "all") return this.#firstAt(lines, position + 1);
    let at = this.#firstAt(lines, position);
    while (lines[at]?.position === position && (lines[at] as Line).index < done) at++;
    return at;
  }

  #firstAt(lines: readonly Line[], position: number): number {
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lines[middle] as Line).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Lets go of the values that a key's lines up to this one hold. */
function scrub(last: Line): void {
  for (let line: Line | undefined = last; line !== undefined; line = line.earlier) {
    const { change } = line;
    if (change.type === "put" && change.after.value !== null)
      line.change = { ...change, after: { ...change.after, value: null } };
  }
}

function toLogged(
  change: KeptChange,
  place: EventPlace,
  now: number,
  lookup: Lookup,
  sightAtDeletion: (key: string) => PastSight | null,
): LoggedChange {
  switch (change.type) {
    case "put": {
      const { key, before, after } = change;
      const row = lookup.item(key);
      const lapsed = row !== undefined && isExpired(row, now);
      return {
        type: "put",
        key,
        before,
        after: lapsed ? { ...after, value: null } : after,
        current: row === undefined ? sightAtDeletion(key) : lapsed ? null : pastSight(row),
      };
    }
    case "event":
      return { type: "event", event: lookup.event(place) ?? null };
    default:
      return change;
  }
}
