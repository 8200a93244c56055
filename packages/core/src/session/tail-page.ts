import type { LogEntry } from "../log/change.ts";
import { type Cursor, toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { LogPage } from "../storage/query.ts";

/** An entry of the log, and the position after it. */
export class TailEntry {
  readonly entry: LogEntry;
  readonly end: LogPosition;
  #cursor: Cursor | undefined;

  constructor(entry: LogEntry, epoch: string) {
    const { position, commitId, index } = entry;
    this.entry = entry;
    this.end = { epoch, position, commitId, done: index + 1 };
  }

  /** The cursor of {@link end}. */
  get cursor(): Cursor {
    return (this.#cursor ??= toCursor(this.end));
  }
}

/** A page of the log. What every watch needs of it is computed once for all that share it. */
export class TailPage {
  readonly page: LogPage;
  #entries: readonly TailEntry[] | undefined;
  #changesSubscriptions: boolean | undefined;

  constructor(page: LogPage) {
    this.page = page;
  }

  /** In log order. */
  get entries(): readonly TailEntry[] {
    const { entries, epoch } = this.page;
    return (this.#entries ??= entries.map((entry) => new TailEntry(entry, epoch)));
  }

  /** Whether an entry may have changed an agent's subscriptions. */
  get changesSubscriptions(): boolean {
    return (this.#changesSubscriptions ??= this.page.entries.some(({ change }) =>
      ["subscribe", "unsubscribe", "topicDeleted", "corrupt"].includes(change.type),
    ));
  }
}
