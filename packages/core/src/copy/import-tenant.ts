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
import { type ExportHead, type ExportPage, EXPORT_VERSION, noExport, Sums } from "./export-line.ts";
import { linesOf } from "./lines-of.ts";

export interface ImportOptions {
  readonly storage: Storage;
  /** What `exportTenant` wrote, in pieces of any size: lines, or the chunks of a file. */
  readonly lines: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
  /** The tenant's id where it goes. Default: as it was exported. */
  readonly tenantId?: string;
  /** Told after each page of records: how many are done. */
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

/** What an import brought. */
export interface ImportedTenant {
  readonly tenantId: string;
  /** Those that are expired and not swept yet included. */
  readonly items: number;
  readonly events: number;
  /** Lines of the log and of histories. */
  readonly logEntries: number;
  /** The position up to which the log was exported. */
  readonly head: number;
}

/** A page whose outcome is unknown is repeated: one that was written already changes nothing. */
const MOST_TRIES = 3;

/**
 * Reads what `exportTenant` wrote, in pieces of any size, into a storage that has no such tenant: cursors, pages and lease
 * tokens of the exported tenant go on working on it. It is hidden until it is complete. What is not whole, or not as it was
 * written, is refused, and leaves nothing; an import that was killed begins again when the same export is imported again.
 *
 * Import what you trust: sums find damage, not forgery.
 *
 * @throws STORAGE_MISMATCH for what is no export, damaged, cut off, or of a newer release; TENANT_EXISTS; INVALID_TENANT;
 * ABORTED; UNAVAILABLE; MISCONFIGURED.
 */
export async function importTenant(options: ImportOptions): Promise<ImportedTenant> {
  checkOptions(options, IMPORT);
  const { storage, lines } = options;
  checkCallback("onProgress", options.onProgress);
  checkSignal(options.signal);
  if ("tenantId" in options) checkTenantId(options.tenantId);
  checkStorage(storage);
  const target = requireSupport(storage, "dump");
  await acquireStorage(storage);
  try {
    return await new Import(target, options).run(lines);
  } finally {
    await releaseStorage(storage);
  }
}

class Import {
  readonly #storage: Supporting<"dump">;
  readonly #options: ImportOptions;
  #tenant = "";
  /** Where the loading stands; null: nothing is there. */
  #text: string | null = null;
  /** Where it stands if the last page was written. */
  #tried: string | null = null;
  /** What an earlier import left is to go. */
  #restart = false;
  #isBegun = false;

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
      } = await this.#storage.stats(this.#tenant);
      const held = { items: items + expired, events, logEntries: entries };
      return { tenantId: this.#tenant, ...held, head: header.head };
    } catch (error) {
      if (this.#isBegun) await this.#undo();
      throw isSynthaError(error) ? error : noExport("it can't be read", error);
    }
  }

  async #read(lines: ImportOptions["lines"]): Promise<LoadRequest["header"]> {
    const sums = new Sums();
    // The last page makes the tenant visible: it waits until the end was seen.
    let held: ExportPage | undefined;
    let [number, pages, records, isOver] = [0, 0, 0, false];
    for await (const line of linesOf(lines)) {
      this.#checkSignal();
      const { kind, content } = await sums.read(line, ++number);
      if (isOver || (kind === "tenant") !== (number === 1))
        throw noExport(`line ${number} is out of place`);
      if (kind === "tenant") await this.#begin(content);
      else if (kind === "page") {
        if (held !== undefined) await this.#load(held);
        held = content;
        pages++;
        records += content.records.length;
        this.#options.onProgress?.({ records });
      } else {
        isOver = content.pages === pages && content.records === records;
      }
    }
    if (!isOver || held === undefined || held.progress !== null) throw noExport("it is cut off");
    await this.#load(held);
    return held.header;
  }

  async #begin({ version, tenant, epoch }: ExportHead): Promise<void> {
    if (!(version <= EXPORT_VERSION)) {
      throw new SynthaError(
        "STORAGE_MISMATCH",
        `This export has version ${version}; this release of @syntha/core reads up to ${EXPORT_VERSION}.`,
        { hint: "Upgrade @syntha/core to at least the release that wrote the export." },
      );
    }
    this.#tenant = this.#options.tenantId ?? tenant;
    checkTenantId(this.#tenant);
    const { header, loading } = await this.#standing();
    if (header === null) return;
    if (loading === null) throw tenantExists(this.#tenant);
    if (header.epoch !== epoch) throw loadedFromElsewhere(this.#tenant);
    this.#text = loading;
    this.#restart = true;
  }

  async #load(page: ExportPage): Promise<void> {
    if (page.progress === this.#text && !this.#restart) return;
    const request: LoadRequest = {
      tenantId: this.#tenant,
      header: page.header,
      records: page.records,
      after: this.#text,
      progress: page.progress,
      restart: page.restart ?? (this.#restart ? true : undefined),
    };
    this.#isBegun = true;
    this.#tried = page.progress;
    for (let tries = 1; ; tries++) {
      try {
        await this.#storage.load(request);
        break;
      } catch (error) {
        if (page.progress === null && tries > 1 && (await this.#isComplete(page))) break;
        if (!isSynthaError(error, "UNKNOWN_OUTCOME") || tries === MOST_TRIES) throw error;
      }
    }
    this.#text = page.progress;
    this.#restart = false;
  }

  async #isComplete({ header: { epoch } }: ExportPage): Promise<boolean> {
    const { header, loading } = await this.#standing();
    return header?.epoch === epoch && loading === null;
  }

  /** Takes away what is not complete; not what somebody else has loaded since. */
  async #undo(): Promise<void> {
    const { header, loading } = await this.#standing();
    if (header === null || loading === null) return;
    if (loading !== this.#text && loading !== this.#tried) return;
    await this.#storage.dropTenant({ tenantId: this.#tenant, ifLoading: loading });
  }

  #standing(): Promise<DumpPage> {
    return this.#storage.dump({ tenantId: this.#tenant, limit: 1, section: "agents" });
  }

  #checkSignal(): void {
    const { signal } = this.#options;
    if (!signal?.aborted) return;
    throw new SynthaError("ABORTED", "The import was aborted.", {
      hint: "Nothing of it was kept.",
      cause: signal.reason,
    });
  }
}
