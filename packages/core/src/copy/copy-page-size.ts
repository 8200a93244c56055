import { SynthaError } from "../error/syntha-error.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { PageSize } from "../storage/page-size.ts";
import type { TenantRecord } from "../storage/tenant-record.ts";

const FIRST_PAGE = 100;

/** Of a page's values: storages limit the size of a transaction, or of a message. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** How many records to read at once, so that a page takes bounded memory. */
export class CopyPageSize {
  readonly #size: PageSize;

  constructor(most: number) {
    this.#size = new PageSize(FIRST_PAGE, most);
  }

  get limit(): number {
    return this.#size.limit;
  }

  /**
   * Predicts the next page from one that was read. Returns whether that one is too large to be written, because its values
   * are larger than those before.
   */
  note(records: readonly TenantRecord[]): boolean {
    let characters = 0;
    for (const record of records) characters += sizeOf(record);
    this.#size.note(records.length, characters);
    return records.length > 1 && characters > MAX_CHARACTERS;
  }
}

function sizeOf(record: TenantRecord): number {
  switch (record.type) {
    case "item":
      return record.row?.value.length ?? 0;
    case "event":
      return record.event.data.length;
    case "entry":
      return record.change.type === "put" ? (record.change.after.value?.length ?? 0) : 0;
    case "agent":
      return record.subscriptions.length * 100;
    case "pastSubscription":
      return 0;
  }
}

/** @throws INVALID_ARGUMENTS. */
export function checkBatch(batch: number): number {
  if (Number.isInteger(batch) && batch >= 1 && batch <= MAX_PAGE) return batch;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`batch\` must be a whole number from 1 to ${MAX_PAGE}.`,
    {
      hint: "Leave it out: pages of large values have fewer records anyway.",
      details: { path: "batch", maximum: MAX_PAGE },
    },
  );
}
