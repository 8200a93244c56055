import { SynthaError } from "../error/syntha-error.ts";
import { acquireStorage, releaseStorage } from "../session/storage-references.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { checkTenantId } from "../session/tenant-id.ts";
import type { DumpPage, LoadRequest } from "../storage/tenant-record.ts";
import { checkStorage } from "../storage/check-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { requireSupport } from "../storage/support.ts";
import { checkCallback, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkBatch } from "./copy-page-size.ts";
import { noTenant } from "./compare-tenants.ts";
import { EXPORT_VERSION, LineChecksums } from "./export-lines.ts";
import { AsyncChannel } from "../concurrency/async-channel.ts";
import type { TenantReadOptions } from "./tenant-read-options.ts";
import { type CopyStorage, CopyEndpoint } from "./copy-endpoint.ts";
import { TenantCopier } from "./tenant-copier.ts";

const EXPORT = knownOptions<TenantReadOptions>("exportTenant", {
  storage: true,
  tenantId: true,
  batch: true,
  onProgress: true,
  signal: true,
});

/**
 * Exports a tenant as lines of JSON, each with its line break, for a file or a stream. The export has all that
 * {@link copyTenant} copies, as it was at one moment near the end of the export, also if the tenant is written to. It keeps
 * one line in memory, and reads as fast as lines are consumed. {@link importTenant} reads it.
 *
 * @throws NOT_FOUND if there is no such tenant; UNAVAILABLE; ABORTED; MISCONFIGURED.
 * @example
 * await pipeline(
 *   Readable.from(exportTenant({ storage, tenantId: "acme" })),
 *   createWriteStream("acme.jsonl"),
 * );
 */
export async function* exportTenant(options: TenantReadOptions): AsyncGenerator<string, void> {
  checkOptions(options, EXPORT);
  const { storage, tenantId, batch = MAX_PAGE, onProgress, signal } = options;
  checkCallback("onProgress", onProgress);
  checkSignal(signal);
  checkTenantId(tenantId);
  checkBatch(batch);
  checkStorage(storage);
  const from = requireSupport(storage, "dump");
  await acquireStorage(storage);
  try {
    const source = new CopyEndpoint(from, tenantId, batch, signal, "Export the tenant again.");
    const { header } = await source.loadState();
    if (header === null) throw noTenant(tenantId);
    const checksums = new LineChecksums();
    const { items, expired, events, logEntries } = await storage.stats(tenantId);
    const counts = { items: items + expired, events, logEntries };
    const { epoch } = header;
    yield await checksums.write("tenant", { version: EXPORT_VERSION, tenantId, epoch, ...counts });
    const loads = new AsyncChannel<LoadRequest>();
    const target = new CopyEndpoint(exportTarget(loads, storage), tenantId, batch, undefined);
    let failure: { readonly error: unknown } | undefined;
    const copied = new TenantCopier(source, target, { verify: false, onProgress })
      .run()
      .catch((error: unknown) => void (failure = { error }))
      .finally(() => loads.close());
    let [pages, records] = [0, 0];
    try {
      for await (const { tenantId: _, ...page } of loads) {
        pages++;
        records += page.records.length;
        yield await checksums.write("page", page);
      }
    } finally {
      loads.close();
      await copied;
    }
    if (failure !== undefined) throw failure.error;
    yield await checksums.write("end", { pages, records });
  } finally {
    await releaseStorage(storage);
  }
}

/** The target of a copy that sends each page to the channel and stores nothing. */
function exportTarget(loads: AsyncChannel<LoadRequest>, source: Storage): CopyStorage {
  return {
    dump: () => Promise.resolve(NOTHING),
    load: async (request) => {
      if (!(await loads.send(request))) throw exportEnded();
      return { loading: request.progress };
    },
    stats: (tenant) => source.stats(tenant),
  };
}

const NOTHING: DumpPage = { header: null, loading: null, records: [], isLast: true };

function exportEnded(): SynthaError {
  return new SynthaError("ABORTED", "The lines of this export are no longer consumed.", {
    hint: "Export the tenant again, from the beginning.",
  });
}
