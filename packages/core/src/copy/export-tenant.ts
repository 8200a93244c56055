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
import { checkBatch } from "./check-batch.ts";
import { noTenant } from "./compare-tenants.ts";
import { EXPORT_VERSION, Sums } from "./export-line.ts";
import { AsyncChannel } from "../concurrency/async-channel.ts";
import type { CopyProgress } from "./progress.ts";
import { type Copied, CopyEndpoint } from "./copy-endpoint.ts";
import { TenantCopier } from "./tenant-copier.ts";

export interface ExportOptions {
  readonly storage: Storage;
  readonly tenantId: string;
  /** How many records a line holds at most, 1 to 1,000. Default: 1,000; lines of large values hold fewer by themselves. */
  readonly batch?: number | undefined;
  /** Told after each line. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const EXPORT = knownOptions<ExportOptions>("exportTenant", {
  storage: true,
  tenantId: true,
  batch: true,
  onProgress: true,
  signal: true,
});

/**
 * Writes a whole tenant as lines of JSON, each with its line break, for a file or a stream: all that `copyTenant` copies,
 * as it was at one moment towards the end of the reading, whoever writes meanwhile. Holds a line in memory at a time, and
 * reads on as fast as lines are taken. `importTenant` reads them.
 *
 * @throws NOT_FOUND when there is no such tenant; UNAVAILABLE; ABORTED; MISCONFIGURED.
 */
export async function* exportTenant(options: ExportOptions): AsyncGenerator<string, void> {
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
    const { header } = await source.standing();
    if (header === null) throw noTenant(tenantId);
    const sums = new Sums();
    const { items, expired, events, logEntries } = await storage.stats(tenantId);
    const held = { items: items + expired, events, logEntries };
    const { epoch } = header;
    yield await sums.write("tenant", { version: EXPORT_VERSION, tenant: tenantId, epoch, ...held });
    const loads = new AsyncChannel<LoadRequest>();
    const target = new CopyEndpoint(written(loads, storage), tenantId, batch, undefined);
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
        yield await sums.write("page", page);
      }
    } finally {
      loads.close();
      await copied;
    }
    if (failure !== undefined) throw failure.error;
    yield await sums.write("end", { pages, records });
  } finally {
    await releaseStorage(storage);
  }
}

/** What a copy takes for the storage that it goes to: it hands each page over, and holds nothing. */
function written(loads: AsyncChannel<LoadRequest>, source: Storage): Copied {
  return {
    dump: () => Promise.resolve(NOTHING),
    load: async (request) => {
      if (!(await loads.send(request))) throw unwanted();
      return { loading: request.progress };
    },
    stats: (tenant) => source.stats(tenant),
  };
}

const NOTHING: DumpPage = { header: null, loading: null, records: [], isLast: true };

function unwanted(): SynthaError {
  return new SynthaError("ABORTED", "Nobody takes the lines of this export any more.", {
    hint: "Export the tenant again, from the beginning.",
  });
}
