import { corruptEntry, corruptPermissions } from "../error/corrupt-data.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { LogPosition } from "../log/log-position.ts";
import type {
  DumpPage,
  DumpRange,
  EntryRecord,
  TenantHeader,
  TenantRecord,
} from "../storage/tenant-record.ts";
import { CORRUPT_PERMISSIONS } from "../model/permissions.ts";
import type { Supporting } from "../storage/support.ts";
import { CopyPageSize } from "./copy-page-size.ts";
import { type DumpSection, rangeAfter } from "./dump-section.ts";

/** What a copy needs of a storage. */
export type Copied = Pick<Supporting<"dump">, "dump" | "load" | "stats">;

/** A tenant on one storage, read page by page. */
export class CopyEndpoint {
  readonly storage: Copied;
  readonly tenant: string;
  readonly #batch: number;
  readonly #signal: AbortSignal | undefined;
  readonly #whenAborted: string;

  /** @param whenAborted the hint of ABORTED */
  constructor(
    storage: Copied,
    tenant: string,
    batch: number,
    signal: AbortSignal | undefined,
    whenAborted = "",
  ) {
    this.storage = storage;
    this.tenant = tenant;
    this.#batch = batch;
    this.#signal = signal;
    this.#whenAborted = whenAborted;
  }

  /** One page. @throws ABORTED. */
  page(range: DumpRange, limit: number): Promise<DumpPage> {
    if (this.#signal?.aborted) {
      throw new SynthaError("ABORTED", "The call was aborted by its signal.", {
        hint: this.#whenAborted,
        cause: this.#signal.reason,
      });
    }
    return this.#read(range, limit);
  }

  /** A value that is damaged is copied as it is; what is damaged around values has no form to be copied in. */
  async #read(range: DumpRange, limit: number): Promise<DumpPage> {
    const page = await this.storage.dump({ tenantId: this.tenant, limit, ...range });
    for (const record of page.records) {
      if (record.type === "entry" && record.change.type === "corrupt")
        throw corruptEntry(record.position, record.change.about);
      if (record.type === "agent" && record.permissions === CORRUPT_PERMISSIONS)
        throw corruptPermissions(record.name);
    }
    return page;
  }

  /** What stands now; null when there is no such tenant. */
  async standing(): Promise<Pick<DumpPage, "header" | "loading">> {
    return this.page({ section: "agents" }, 1);
  }

  /** The same, read to the end whatever the signal says. */
  unaborted(): CopyEndpoint {
    return new CopyEndpoint(this.storage, this.tenant, this.#batch, undefined);
  }

  pace(): CopyPageSize {
    return new CopyPageSize(this.#batch);
  }

  /** All records of a section, in its order, with a page of them in memory at a time. */
  async *records(section: DumpSection): AsyncGenerator<TenantRecord> {
    const pace = this.pace();
    for (let range: DumpRange = { section }; ;) {
      const { records, isLast } = await this.page(range, pace.limit);
      yield* records;
      const last = records.at(-1);
      if (isLast || last === undefined) return;
      pace.note(records);
      range = rangeAfter(last);
    }
  }
}

/** After the head of the log. */
export function headPlace({ epoch, head, headCommitId }: TenantHeader) {
  return { epoch, position: head, done: "all", commitId: headCommitId } as const;
}

/** After the last of the lines that a page of changes has. */
export function placeAfter(records: readonly TenantRecord[], { epoch }: TenantHeader): LogPosition {
  const last = records.findLast(({ type }) => type === "entry") as EntryRecord;
  return { epoch, position: last.position, done: last.index + 1, commitId: last.commitId };
}
