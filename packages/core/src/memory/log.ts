import type { Change, LogEntry, LoggedChange, PastSight } from "../log/change.ts";
import type { Place } from "../log/place.ts";
import { isExpired, type ItemRow } from "../storage/item-row.ts";
import type { KeyTable } from "./key-table.ts";

/** A change as it was appended; who sees its item now is looked up when it is read. */
export interface Line extends Omit<LogEntry, "change"> {
  change: Change;
  /** Whether the item's value has gone with the item's time. */
  scrubbed: boolean;
  /** The line before it that is about the same key. */
  earlier: Line | undefined;
}

export interface Lookup {
  item(key: string): ItemRow | undefined;
  event(id: string): (LoggedChange & { type: "event" })["event"] | undefined;
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
      const change = changes[index] as Change;
      const key = keyOf(change);
      const entry = key === undefined ? undefined : this.#keys.open(key);
      const earlier = entry?.line;
      const line: Line = { position, index, mark, at, by, change, scrubbed: false, earlier };
      this.#lines.push(line);
      if (entry === undefined) continue;
      entry.line = line;
      // R8: only what came before; the same commit may go on to create the key anew.
      if (change.type === "expire") scrub(line);
    }
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
    let at = 0;
    if (after !== "start") {
      at = this.#firstAt(lines, after.done === "all" ? after.position + 1 : after.position);
      if (after.done !== "all")
        while (lines[at]?.position === after.position && (lines[at] as Line).index < after.done)
          at++;
    }
    const entries = lines.slice(at, at + limit).map((line) => this.#toEntry(line, now, lookup));
    return [entries, at + limit < lines.length];
  }

  #toEntry({ change, scrubbed, ...line }: Line, now: number, lookup: Lookup): LogEntry {
    const { position, index, mark, at, by } = line;
    const logged = toLogged(change, scrubbed, now, lookup, (key) => this.#sightAtDeletion(key));
    return { position, index, mark, at, by, change: logged };
  }

  /** Who saw an item when it was deleted, if that is the last that happened to its key. */
  #sightAtDeletion(key: string): PastSight | null {
    const change = this.#keys.find(key)?.line?.change;
    return change?.type === "delete" ? sightOf(change.before) : null;
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
    line.scrubbed = true;
    line.change = withoutValues(line.change);
  }
}

function withoutValues(change: Change): Change {
  switch (change.type) {
    case "put":
      return {
        ...change,
        before: change.before && empty(change.before),
        after: empty(change.after),
      };
    case "lease":
      return { ...change, before: empty(change.before), after: empty(change.after) };
    case "delete":
    case "expire":
      return { ...change, before: empty(change.before) };
    default:
      return change;
  }
}

function empty(row: ItemRow): ItemRow {
  return { ...row, value: "" };
}

function keyOf(change: Change): string | undefined {
  if ("after" in change) return change.after.key;
  return "before" in change ? change.before.key : undefined;
}

function toLogged(
  change: Change,
  scrubbed: boolean,
  now: number,
  lookup: Lookup,
  sightAtDeletion: (key: string) => PastSight | null,
): LoggedChange {
  switch (change.type) {
    case "put": {
      const { before, after } = change;
      const row = lookup.item(after.key);
      const lapsed = row !== undefined && isExpired(row, now);
      return {
        type: "put",
        key: after.key,
        before: before && sightOf(before),
        after: scrubbed || lapsed ? { ...after, value: null } : after,
        current: row === undefined ? sightAtDeletion(after.key) : lapsed ? null : sightOf(row),
      };
    }
    case "delete":
    case "expire":
      return { type: change.type, key: change.before.key, before: sightOf(change.before) };
    case "lease":
      return {
        type: "lease",
        key: change.after.key,
        holder: change.after.lease?.holder ?? null,
        until: change.after.lease?.until ?? null,
      };
    case "event":
      return { type: "event", event: lookup.event(change.event.id) ?? null };
    default:
      return change;
  }
}

function sightOf({ topics, subscribers, global, owner, revision }: ItemRow): PastSight {
  return { topics, subscribers, global, owner, revision };
}
