import type { LogEntry } from "../log/change.ts";
import type { ItemRow } from "../model/item-row.ts";

/** The text in a full page, in characters. */
const FULL_PAGE = 4 * 1024 * 1024;
const FASTEST_GROWTH = 4;

/** How many rows to read at once, so that a page takes bounded memory and time: fewer if values are large. */
export class PageSize {
  readonly #most: number;
  #limit: number;

  constructor(first: number, most: number) {
    this.#most = most;
    this.#limit = Math.min(most, first);
  }

  get limit(): number {
    return this.#limit;
  }

  /** Predicts the next page from the rows and characters of one that was read. */
  note(rows: number, characters: number): void {
    if (rows === 0) return;
    const fitting = Math.floor((rows / (characters + 1)) * FULL_PAGE);
    this.#limit = Math.max(1, Math.min(fitting, this.#limit * FASTEST_GROWTH, this.#most));
  }

  noteItems(rows: readonly ItemRow[]): void {
    this.note(rows.length, charactersOf(rows));
  }

  noteEntries(entries: readonly LogEntry[]): void {
    let characters = 0;
    for (const { change, event } of entries)
      characters += (change.type === "put" ? change.after.value : event?.data)?.length ?? 0;
    this.note(entries.length, characters);
  }
}

export function charactersOf(rows: readonly ItemRow[]): number {
  let characters = 0;
  for (const { value } of rows) characters += value.length;
  return characters;
}
