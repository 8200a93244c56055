import { corruptEntry, corruptPermissions, corruptTask } from "../error/corrupt-data.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { EntryPosition, LogPosition } from "../log/log-position.ts";
import type {
  DumpPage,
  DumpRange,
  EntryRecord,
  TenantHeader,
  TenantRecord,
} from "../storage/tenant-record.ts";
import { CORRUPT_PERMISSIONS } from "../model/permissions.ts";
import { CORRUPT_TASK } from "../model/task-row.ts";
import type { Supporting } from "../storage/support.ts";
import { CopyPageSize } from "./copy-page-size.ts";
import { type DumpSection, rangeAfter } from "./dump-section.ts";

/** What a copy uses of a storage. */
export type CopyStorage = Pick<Supporting<"dump">, "dump" | "load" | "stats">;

/** A tenant in one storage, read page by page. */
export class CopyEndpoint {
  readonly storage: CopyStorage;
  readonly tenantId: string;
  readonly #batch: number;
  readonly #signal: AbortSignal | undefined;
  readonly #whenAborted: string;
  readonly #keepsDamage: boolean;

  /**
   * @param whenAborted the hint of ABORTED
   * @param keepsDamage whether damaged records are returned, with their marks, instead of rejected
   */
  constructor(
    storage: CopyStorage,
    tenantId: string,
    batch: number,
    signal: AbortSignal | undefined,
    whenAborted = "",
    keepsDamage = false,
  ) {
    this.storage = storage;
    this.tenantId = tenantId;
    this.#batch = batch;
    this.#signal = signal;
    this.#whenAborted = whenAborted;
    this.#keepsDamage = keepsDamage;
  }

  /** @throws ABORTED */
  page(range: DumpRange, limit: number): Promise<DumpPage> {
    if (this.#signal?.aborted) {
      throw new SynthaError("ABORTED", "The call was aborted by its signal.", {
        hint: this.#whenAborted,
        cause: this.#signal.reason,
      });
    }
    return this.#read(range, limit);
  }

  /** Damaged values are copied as they are. Other damage has no form that could be copied. @throws CORRUPT_DATA */
  async #read(range: DumpRange, limit: number): Promise<DumpPage> {
    const page = await this.storage.dump({ tenantId: this.tenantId, limit, ...range });
    if (this.#keepsDamage) return page;
    for (const record of page.records) {
      if (record.type === "entry" && record.change.type === "corrupt")
        throw corruptEntry(record.position, record.change.about);
      if (record.type === "agent" && record.permissions === CORRUPT_PERMISSIONS)
        throw corruptPermissions(record.name);
      if (record.type === "item" && record.row?.task === CORRUPT_TASK)
        throw corruptTask(record.row.key);
    }
    return page;
  }

  /** The header, and the load progress; both null if there is no such tenant. */
  async loadState(): Promise<Pick<DumpPage, "header" | "loading">> {
    return this.page({ section: "agents" }, 1);
  }

  /** The same tenant, read without the signal. */
  unaborted(): CopyEndpoint {
    return new CopyEndpoint(this.storage, this.tenantId, this.#batch, undefined);
  }

  pageSize(): CopyPageSize {
    return new CopyPageSize(this.#batch);
  }

  /** All records of a section, in order, with one page in memory; of the log, those after an entry. */
  async *records(section: DumpSection, after?: EntryPosition): AsyncGenerator<TenantRecord> {
    for await (const page of this.pages(section, after)) yield* page;
  }

  /** {@link records} by pages, which costs less per record. */
  async *pages(
    section: DumpSection,
    after?: EntryPosition,
  ): AsyncGenerator<readonly TenantRecord[]> {
    const size = this.pageSize();
    for (let range = { section, after } as DumpRange; ;) {
      const { records, isLast } = await this.page(range, size.limit);
      yield records;
      const last = records.at(-1);
      if (isLast || last === undefined) return;
      size.note(records);
      range = rangeAfter(last);
    }
  }
}

/** The position after the last log entry of a page of changes. */
export function positionAfter(
  records: readonly TenantRecord[],
  { epoch }: TenantHeader,
): LogPosition {
  const last = records.findLast(({ type }) => type === "entry") as EntryRecord;
  return { epoch, position: last.position, done: last.index + 1, commitId: last.commitId };
}
