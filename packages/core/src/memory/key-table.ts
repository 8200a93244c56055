import type { ItemRow } from "../model/item-row.ts";
import type { ChainedEntry } from "./log.ts";

/** The item of a key and its last log entry. */
export interface KeyRecord {
  row: ItemRow | undefined;
  lastEntry: ChainedEntry | undefined;
}

/** Items and log entries by key in one table, so that a write looks its key up once. */
export class KeyTable {
  readonly #entries = new Map<string, KeyRecord>();
  /** One write looks up the same key to decide, to index and to log. */
  #lastKey: string | undefined;
  #lastEntry: KeyRecord | undefined;

  find(key: string): KeyRecord | undefined {
    if (key === this.#lastKey) return this.#lastEntry;
    this.#lastKey = key;
    this.#lastEntry = this.#entries.get(key);
    return this.#lastEntry;
  }

  open(key: string): KeyRecord {
    let entry = this.find(key);
    if (entry === undefined) {
      entry = { row: undefined, lastEntry: undefined };
      this.#entries.set(key, entry);
      this.#lastEntry = entry;
    }
    return entry;
  }

  /** Sets the last log entry of a key, and removes a key that has nothing left. */
  setLastEntry(key: string, lastEntry: ChainedEntry | undefined): void {
    const record = this.open(key);
    record.lastEntry = lastEntry;
    if (lastEntry !== undefined || record.row !== undefined) return;
    this.#entries.delete(key);
    this.#lastKey = undefined;
  }
}
