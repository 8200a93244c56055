import { SynthaError } from "../error/syntha-error.ts";
import { checkAgentNames } from "./check-names.ts";
import type { LoadRequest } from "./tenant-record.ts";

/** The tenant that a page is to be loaded into, as the storage has it. */
export interface LoadState {
  readonly epoch: string;
  /** The load progress; null: the tenant is complete. */
  readonly loading: string | null;
}

/**
 * Decides what to do with a page: write it, or nothing, because it was written before. A storage calls this under its
 * lock, and writes the page in the same transaction.
 * @param current undefined if the storage has no such tenant
 * @throws NOT_FOUND, TENANT_EXISTS or UNAVAILABLE for a page that does not follow what was loaded; INVALID_ARGUMENTS for
 * a reserved agent name.
 */
export function checkLoad(
  request: LoadRequest,
  current: LoadState | undefined,
): "write" | "repeat" {
  const { tenantId, header, records, after, progress, restart } = request;
  checkAgentNames(records);
  if (current === undefined) {
    if (after === null || restart) return "write";
    throw new SynthaError("NOT_FOUND", `The unfinished copy of "${tenantId}" no longer exists.`, {
      hint: "It was dropped. Copy the tenant again from the beginning.",
    });
  }
  if (current.loading === null) throw tenantExists(tenantId);
  if (current.epoch !== header.epoch) throw loadedFromElsewhere(tenantId);
  if (current.loading === progress) return "repeat";
  if (current.loading === after) return "write";
  throw new SynthaError("UNAVAILABLE", `Another copy is loading "${tenantId}".`, {
    hint: "Run one copy of a tenant at a time. A copy that is called again resumes where the last one ended.",
    details: { loading: true },
  });
}

export function tenantExists(tenantId: string): SynthaError {
  return new SynthaError("TENANT_EXISTS", `The tenant "${tenantId}" already exists.`, {
    hint: "Choose another id with `targetTenantId` of copyTenant or `tenantId` of importTenant, or drop the existing tenant.",
  });
}

export function loadedFromElsewhere(tenantId: string): SynthaError {
  return new SynthaError(
    "TENANT_EXISTS",
    `"${tenantId}" is an unfinished copy of another tenant, or of one that was dropped.`,
    { hint: "Finish that copy from its own source, or drop it here and copy again." },
  );
}

/** Rejects a write to a tenant that is being loaded. */
export function beingLoaded(tenantId: string): SynthaError {
  return new SynthaError("UNAVAILABLE", `"${tenantId}" is an unfinished copy.`, {
    hint: "Wait until the copy is complete. Copy again to resume one that was interrupted, or drop the tenant to discard it.",
    details: { loading: true },
  });
}

/** Rejects a write to a tenant whose earlier rows are still being removed. */
export function beingDropped(tenantId: string): SynthaError {
  return new SynthaError("UNAVAILABLE", `"${tenantId}" is being dropped.`, {
    hint: "Try again: each attempt removes more of its rows, until the id is free.",
  });
}
