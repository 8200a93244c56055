import type { TenantRecord } from "../storage/record.ts";

/** How much text one page should hold, in characters: pages of large values hold fewer of them. */
const FULL_PAGE = 4 * 1024 * 1024;
const FIRST_PAGE = 100;
const FASTEST_GROWTH = 4;

/** How many records to ask for, so that a page takes bounded memory. */
export class Pace {
  readonly #most: number;
  #limit: number;

  constructor(most: number) {
    this.#most = most;
    this.#limit = Math.min(most, FIRST_PAGE);
  }

  get limit(): number {
    return this.#limit;
  }

  /** Takes the size of a page that was read as that of the next. */
  note(records: readonly TenantRecord[]): void {
    if (records.length === 0) return;
    let size = 1;
    for (const record of records) size += sizeOf(record);
    const fitting = Math.floor((records.length / size) * FULL_PAGE);
    this.#limit = Math.max(1, Math.min(fitting, this.#limit * FASTEST_GROWTH, this.#most));
  }
}

function sizeOf(record: TenantRecord): number {
  switch (record.type) {
    case "item":
      return record.row?.value.length ?? 0;
    case "event":
      return record.event.data.length;
    case "line":
      return record.change.type === "put" ? (record.change.after.value?.length ?? 0) : 0;
    case "agent":
      return record.subscriptions.length * 100;
    case "pastSubscription":
      return 0;
  }
}
