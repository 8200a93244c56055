import type { ItemRow } from "../model/item-row.ts";
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

  /** Sets the last line about a key; forgets a key of which nothing is left. */
  setLine(key: string, line: Line | undefined): void {
    const entry = this.open(key);
    entry.line = line;
    if (line !== undefined || entry.row !== undefined) return;
    this.#entries.delete(key);
    this.#lastKey = undefined;
  }
}
