import { acquireStorage, releaseStorage } from "../session/storage-references.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { checkTenantId } from "../session/tenant-id.ts";
import { checkStorage } from "../storage/check-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { requireSupport } from "../storage/support.ts";
import { checkCallback, checkFlag, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkBatch } from "./copy-page-size.ts";
import type { CopyProgress } from "./copy-progress.ts";
import { CopyEndpoint } from "./copy-endpoint.ts";
import { TenantCopier } from "./tenant-copier.ts";

export interface CopyOptions {
  readonly from: Storage;
  readonly to: Storage;
  readonly tenantId: string;
  /** The id of the copy. @default `tenantId` */
  readonly targetTenantId?: string | undefined;
  /** Records per page, 1 to 1,000; pages of large values have fewer. @default 1000 */
  readonly batch?: number | undefined;
  /** Compares both tenants before the copy becomes visible. @default true */
  readonly verify?: boolean | undefined;
  /** Called after each page. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  /**
   * Awaited when the copy has caught up with its source and only lacks what is being written right now. Stop the writers
   * here, and the copy has all that they wrote.
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

const RESUME = "Call copyTenant again with the same source. It resumes where it was aborted.";

/** A finished copy. */
export interface TenantCopy {
  /** Including those that are expired and not swept yet. */
  readonly items: number;
  readonly events: number;
  readonly subscriptions: number;
  /** Agents whose permissions are set. */
  readonly permissions: number;
  /** Entries of the log and of histories. */
  readonly logEntries: number;
  /** The position of the source that the copy equals. */
  readonly head: number;
  /** Pages of changes that were written to the source during the copy. */
  readonly rounds: number;
  /** Restarts, because the source's log was compacted past the start of the copy. */
  readonly restarts: number;
  /** Whether it resumed an interrupted call. */
  readonly resumed: boolean;
  readonly verified: boolean;
}

/**
 * Copies a tenant to another storage, or under another id: items with owners, authors, revisions, leases, queue places
 * and expiry; events; subscriptions; permissions; the log from its floor. Cursors, page tokens and lease tokens of the
 * source are valid for the copy.
 *
 * The source may be written to during the copy, which then catches up by the source's log: the copy equals the source at
 * `head`. It is hidden until it is complete. An interrupted call resumes when it is repeated with the same source.
 *
 * @throws NOT_FOUND if there is no such tenant; TENANT_EXISTS if the target has one, or an unfinished copy of another;
 * STORAGE_MISMATCH if both tenants differ in the end; ABORTED; UNAVAILABLE; MISCONFIGURED.
 * @see {@link exportTenant}, if the two storages are not reachable from one process
 * @example
 * const { items, head } = await copyTenant({ from: sqlite, to: postgres, tenantId: "acme" });
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
