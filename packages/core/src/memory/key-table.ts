import type { ItemRow } from "../storage/item-row.ts";
import type { Line } from "./log.ts";

/** What is there of one key: its item, and the log's last line about it. */
export interface KeyEntry {
  row: ItemRow | undefined;
  line: Line | undefined;
}

/** Everything that is found by key, in one table: a write looks its key up once. */
export class KeyTable {
  readonly #entries = new Map<string, KeyEntry>();
  /** Deciding, indexing and logging one write all ask for the same key. */
  #lastKey: string | undefined;
  #lastEntry: KeyEntry | undefined;

  find(key: string): KeyEntry | undefined {
    if (key === this.#lastKey) return this.#lastEntry;
    this.#lastKey = key;
    this.#lastEntry = this.#entries.get(key);
    return this.#lastEntry;
  }

  open(key: string): KeyEntry {
    let entry = this.find(key);
    if (entry === undefined) {
      entry = { row: undefined, line: undefined };
      this.#entries.set(key, entry);
      this.#lastEntry = entry;
    }
    return entry;
  }

  /** Forgets the lines up to a position of the log, and keys of which nothing is left. */
  forget(floor: number): void {
    this.#lastKey = undefined;
    for (const [key, entry] of this.#entries) {
      if (entry.line !== undefined && entry.line.position <= floor) entry.line = undefined;
      if (entry.line === undefined && entry.row === undefined) this.#entries.delete(key);
    }
  }
}
