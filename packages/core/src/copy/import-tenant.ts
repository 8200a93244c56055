import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import { acquireStorage, releaseStorage } from "../session/storage-references.ts";
import { checkTenantId } from "../session/tenant-id.ts";
import { loadedFromElsewhere, tenantExists } from "../storage/check-load.ts";
import { checkCallback, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { DumpPage, LoadRequest } from "../storage/tenant-record.ts";
import { checkStorage } from "../storage/check-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { requireSupport, type Supporting } from "../storage/support.ts";
import {
  type ExportHead,
  type ExportPage,
  EXPORT_VERSION,
  invalidExport,
  LineChecksums,
  splitLines,
} from "./export-lines.ts";

export interface ImportOptions {
  readonly storage: Storage;
  /** What `exportTenant` wrote, in pieces of any size: lines, or the chunks of a file. */
  readonly lines: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
  /** The id of the imported tenant. @default the id that it was exported under */
  readonly tenantId?: string;
  /** Called after each page with the number of records so far. */
  readonly onProgress?: ((progress: { readonly records: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const IMPORT = knownOptions<ImportOptions>("importTenant", {
  storage: true,
  lines: true,
  tenantId: true,
  onProgress: true,
  signal: true,
});

/** What was imported. */
export interface ImportedTenant {
  readonly tenantId: string;
  /** Including those that are expired and not swept yet. */
  readonly items: number;
  readonly events: number;
  /** Entries of the log and of histories. */
  readonly logEntries: number;
  /** The position up to which the log was exported. */
  readonly head: number;
}

/** A page whose outcome is unknown is repeated: writing the same page twice changes nothing. */
const MAX_ATTEMPTS = 3;

/**
 * Imports what {@link exportTenant} wrote into a storage that has no such tenant. Cursors, page tokens and lease tokens of
 * the exported tenant remain valid. The tenant is hidden until the import is complete. An invalid export is rejected, and
 * nothing of it remains; the storage is opened once the first line is valid. An import that was killed restarts when the
 * same export is imported again.
 *
 * Import only what you trust: checksums detect damage, not forgery.
 *
 * @throws STORAGE_MISMATCH if the export is damaged, truncated or from a newer release; TENANT_EXISTS; INVALID_TENANT;
 * ABORTED; UNAVAILABLE; MISCONFIGURED.
 * @example
 * const { items } = await importTenant({ storage, lines: createReadStream("acme.jsonl") });
 */
export async function importTenant(options: ImportOptions): Promise<ImportedTenant> {
  checkOptions(options, IMPORT);
  const { storage, lines } = options;
  checkCallback("onProgress", options.onProgress);
  checkSignal(options.signal);
  if ("tenantId" in options) checkTenantId(options.tenantId);
  checkStorage(storage);
  return new TenantImport(requireSupport(storage, "dump"), options).run(lines);
}

class TenantImport {
  readonly #storage: Supporting<"dump">;
  readonly #options: ImportOptions;
  #tenantId = "";
  /** The load progress of the tenant; null: it does not exist. */
  #progress: string | null = null;
  /** The progress after the page that is being written. */
  #attempted: string | null = null;
  /** Whether the first page replaces what an earlier import left. */
  #restart = false;
  #isOpen = false;
  #hasStarted = false;
  /** What `onProgress` threw. */
  #callersError: { readonly error: unknown } | undefined;

  constructor(storage: Supporting<"dump">, options: ImportOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  async run(lines: ImportOptions["lines"]): Promise<ImportedTenant> {
    try {
      const header = await this.#read(lines);
      const {
        items,
        expired,
        events,
        logEntries: entries,
      } = await this.#storage.stats(this.#tenantId);
      const held = { items: items + expired, events, logEntries: entries };
      return { tenantId: this.#tenantId, ...held, head: header.head };
    } catch (error) {
      if (this.#hasStarted) await this.#undo();
      const isCallers = this.#callersError !== undefined && this.#callersError.error === error;
      if (isSynthaError(error) || isCallers) throw error;
      // The same signal may have ended what the lines are read from.
      this.#checkSignal();
      throw invalidExport("it is unreadable", error);
    } finally {
      if (this.#isOpen) await releaseStorage(this.#storage);
    }
  }

  async #read(lines: ImportOptions["lines"]): Promise<LoadRequest["header"]> {
    const checksums = new LineChecksums();
    // The last page makes the tenant visible, so it waits for the end line.
    let lastPage: ExportPage | undefined;
    let [number, pages, records, hasEnded] = [0, 0, 0, false];
    for await (const line of splitLines(lines)) {
      this.#checkSignal();
      const { kind, content } = await checksums.read(line, ++number);
      if (hasEnded || (kind === "tenant") !== (number === 1))
        throw invalidExport(`line ${number} is out of place`);
      if (kind === "tenant") await this.#begin(content);
      else if (kind === "page") {
        if (lastPage !== undefined) await this.#load(lastPage);
        lastPage = content;
        pages++;
        records += content.records.length;
        this.#report(records);
      } else {
        hasEnded = content.pages === pages && content.records === records;
      }
    }
    if (!hasEnded || lastPage === undefined || lastPage.progress !== null)
      throw invalidExport("it is truncated");
    await this.#load(lastPage);
    return lastPage.header;
  }

  #report(records: number): void {
    try {
      this.#options.onProgress?.({ records });
    } catch (error) {
      this.#callersError = { error };
      throw error;
    }
  }

  async #begin({ version, tenantId, epoch }: ExportHead): Promise<void> {
    if (!(version <= EXPORT_VERSION)) {
      throw new SynthaError(
        "STORAGE_MISMATCH",
        `The export has version ${version}; this release of @syntha/core reads versions up to ${EXPORT_VERSION}.`,
        { hint: "Upgrade @syntha/core to the release that wrote the export, or a later one." },
      );
    }
    this.#tenantId = this.#options.tenantId ?? tenantId;
    checkTenantId(this.#tenantId);
    // Opening may create a file or tables, which what is no export should not leave.
    await acquireStorage(this.#storage);
    this.#isOpen = true;
    const { header, loading } = await this.#loadState();
    if (header === null) return;
    if (loading === null) throw tenantExists(this.#tenantId);
    if (header.epoch !== epoch) throw loadedFromElsewhere(this.#tenantId);
    this.#progress = loading;
    this.#restart = true;
  }

  async #load(page: ExportPage): Promise<void> {
    if (page.progress === this.#progress && !this.#restart) return;
    const request: LoadRequest = {
      tenantId: this.#tenantId,
      header: page.header,
      records: page.records,
      after: this.#progress,
      progress: page.progress,
      restart: page.restart ?? (this.#restart ? true : undefined),
    };
    this.#hasStarted = true;
    this.#attempted = page.progress;
    for (let tries = 1; ; tries++) {
      try {
        await this.#storage.load(request);
        break;
      } catch (error) {
        if (page.progress === null && tries > 1 && (await this.#isComplete(page))) break;
        if (!isSynthaError(error, "UNKNOWN_OUTCOME") || tries === MAX_ATTEMPTS) throw error;
      }
    }
    this.#progress = page.progress;
    this.#restart = false;
  }

  async #isComplete({ header: { epoch } }: ExportPage): Promise<boolean> {
    const { header, loading } = await this.#loadState();
    return header?.epoch === epoch && loading === null;
  }

  /** Removes the unfinished tenant, unless another import has loaded into it since. */
  async #undo(): Promise<void> {
    const { header, loading } = await this.#loadState();
    if (header === null || loading === null) return;
    if (loading !== this.#progress && loading !== this.#attempted) return;
    await this.#storage.dropTenant({ tenantId: this.#tenantId, ifLoading: loading });
  }

  #loadState(): Promise<DumpPage> {
    return this.#storage.dump({ tenantId: this.#tenantId, limit: 1, section: "agents" });
  }

  #checkSignal(): void {
    const { signal } = this.#options;
    if (!signal?.aborted) return;
    throw new SynthaError("ABORTED", "The import was aborted.", {
      hint: "Nothing was imported.",
      cause: signal.reason,
    });
  }
}
