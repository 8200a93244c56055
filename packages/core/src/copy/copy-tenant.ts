import { acquireStorage, releaseStorage } from "../session/storage-references.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { checkTenantId } from "../session/tenant-id.ts";
import { checkStorage } from "../storage/check-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { requireSupport } from "../storage/support.ts";
import { checkCallback, checkFlag, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkBatch } from "./check-batch.ts";
import type { CopyProgress } from "./progress.ts";
import { CopyEndpoint } from "./copy-endpoint.ts";
import { TenantCopier } from "./tenant-copier.ts";

export interface CopyOptions {
  readonly from: Storage;
  readonly to: Storage;
  /** The tenant's id. */
  readonly tenantId: string;
  /** Its id where it goes. Default: the same. */
  readonly targetTenantId?: string | undefined;
  /** How many records are copied at once, 1 to 1,000. Default: 1,000; pages of large values hold fewer by themselves. */
  readonly batch?: number | undefined;
  /** Compares both sides before the copy becomes visible. Default: true. */
  readonly verify?: boolean | undefined;
  /** Told after each page. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  /**
   * Awaited when the copy has caught up with its source and only lacks what is being written right now: stop the
   * writers here, and the copy holds all that they wrote.
   */
  readonly whenCaughtUp?: (() => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const COPY = knownOptions<CopyOptions>("copyTenant", {
  from: true,
  to: true,
  tenantId: true,
  targetTenantId: true,
  batch: true,
  verify: true,
  onProgress: true,
  whenCaughtUp: true,
  signal: true,
});

const RESUME = "Call copyTenant again with the same source: it resumes where it was aborted.";

/** What a copy holds, once it is done. */
export interface TenantCopy {
  /** Those that are expired and not swept yet included. */
  readonly items: number;
  readonly events: number;
  readonly subscriptions: number;
  /** Agents whose permissions are set. */
  readonly permissions: number;
  /** Lines of the log and of histories. */
  readonly logEntries: number;
  /** The position up to which the source's log is in the copy. */
  readonly head: number;
  /** Pages of changes that were caught up with: what was written while the rest was copied. */
  readonly rounds: number;
  /** How often it began again, because the source's log was compacted past where it had begun. */
  readonly restarts: number;
  /** Whether it went on from where an earlier call was cut off. */
  readonly resumed: boolean;
  readonly verified: boolean;
}

/**
 * Copies a tenant to another storage, or under another id: items with owners, authors, revisions, leases, queue places
 * and expiry; events; subscriptions, permissions; the log from its floor. Cursors, pages and lease tokens of the source
 * go on working on the copy.
 *
 * The source may be written to meanwhile: what changes is caught up with by its log, and the copy is the source as it
 * was at `head`. The copy is hidden until it is complete. A call that was cut off at any point goes on when it is made
 * again with the same source.
 *
 * @throws NOT_FOUND when there is no such tenant; TENANT_EXISTS when there is one already where it goes, or the
 * unfinished copy of another; STORAGE_MISMATCH when both sides differ in the end; ABORTED; UNAVAILABLE;
 * MISCONFIGURED.
 */
export async function copyTenant(options: CopyOptions): Promise<TenantCopy> {
  checkOptions(options, COPY);
  const { from, to, tenantId, targetTenantId = tenantId, batch = MAX_PAGE, signal } = options;
  checkFlag("verify", options.verify);
  checkCallback("onProgress", options.onProgress);
  checkCallback("whenCaughtUp", options.whenCaughtUp);
  checkSignal(signal);
  checkTenantId(tenantId);
  checkTenantId(targetTenantId);
  checkBatch(batch);
  checkStorage(from, "from");
  checkStorage(to, "to");
  await acquireStorage(from);
  try {
    await acquireStorage(to);
    try {
      const [source, target] = [
        new CopyEndpoint(requireSupport(from, "dump"), tenantId, batch, signal, RESUME),
        new CopyEndpoint(requireSupport(to, "dump"), targetTenantId, batch, signal, RESUME),
      ];
      return await new TenantCopier(source, target, options).run();
    } finally {
      await releaseStorage(to);
    }
  } finally {
    await releaseStorage(from);
  }
}
