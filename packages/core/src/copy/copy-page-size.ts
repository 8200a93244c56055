import { PageSize } from "../storage/page-size.ts";
import type { TenantRecord } from "../storage/tenant-record.ts";

const FIRST_PAGE = 100;

/** How many records to ask for, so that a page takes bounded memory. */
export class CopyPageSize {
  readonly #size: PageSize;

  constructor(most: number) {
    this.#size = new PageSize(FIRST_PAGE, most);
  }

  get limit(): number {
    return this.#size.limit;
  }

  /** Takes the size of a page that was read as that of the next. */
  note(records: readonly TenantRecord[]): void {
    let characters = 0;
    for (const record of records) characters += sizeOf(record);
    this.#size.note(records.length, characters);
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
