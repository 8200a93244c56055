import type { LogEntry } from "../log/change.ts";
import type { ItemRow } from "../model/item-row.ts";

/** How much text one page should hold, in characters. */
const FULL_PAGE = 4 * 1024 * 1024;
const FASTEST_GROWTH = 4;

/** How many rows to ask for, so that a page takes bounded memory and time: fewer where values are large. */
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

  /** Takes the rows of a page that was read, and their characters, as what the next one will hold. */
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
