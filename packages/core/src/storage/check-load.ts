import { SynthaError } from "../error/syntha-error.ts";
import { checkAgentNames } from "./check-names.ts";
import type { LoadRequest } from "./tenant-record.ts";

/** What a storage holds of the tenant that a page is to be loaded into. */
export interface LoadState {
  readonly epoch: string;
  /** Where its loading stands; null: the tenant is complete. */
  readonly loading: string | null;
}

/**
 * What to do with a page: write it, or nothing, as it was written before. A storage asks under its lock, and writes the
 * page in the same transaction.
 * @param standing Undefined when the storage holds nothing of the tenant.
 * @throws TENANT_EXISTS, NOT_FOUND, UNAVAILABLE for a page that does not follow what is there; INVALID_ARGUMENTS for a
 * reserved agent name.
 */
export function checkLoad(task: LoadRequest, standing: LoadState | undefined): "write" | "repeat" {
  checkAgentNames(task.records);
  if (standing === undefined) {
    if (task.after === null || task.restart) return "write";
    throw new SynthaError("NOT_FOUND", `What was loaded of "${task.tenantId}" is gone.`, {
      hint: "Somebody dropped it meanwhile. Copy it again, from the beginning.",
    });
  }
  if (standing.loading === null) throw tenantExists(task.tenantId);
  if (standing.epoch !== task.header.epoch) throw loadedFromElsewhere(task.tenantId);
  if (standing.loading === task.progress) return "repeat";
  if (standing.loading === task.after) return "write";
  throw new SynthaError("UNAVAILABLE", `Somebody else is loading "${task.tenantId}" too.`, {
    hint: "Run one copy of a tenant at a time: called again, a copy resumes where the last one ended.",
    details: { loading: true },
  });
}

export function tenantExists(tenant: string): SynthaError {
  return new SynthaError("TENANT_EXISTS", `There is a tenant "${tenant}" already.`, {
    hint: "Give it another id, with `targetTenantId` of copyTenant or `tenantId` of importTenant, or drop the tenant that is there.",
  });
}

export function loadedFromElsewhere(tenant: string): SynthaError {
  return new SynthaError(
    "TENANT_EXISTS",
    `"${tenant}" holds an unfinished copy of another tenant, or of one that was dropped since.`,
    { hint: "Finish that copy from its own source, or drop it here and copy again." },
  );
}

/** How a write to a tenant is refused while it is being loaded. */
export function beingLoaded(tenant: string): SynthaError {
  return new SynthaError("UNAVAILABLE", `"${tenant}" is being copied here and not complete yet.`, {
    hint: "Wait until the copy is complete. Copy again to resume one that was interrupted, or drop the tenant to give it up.",
    details: { loading: true },
  });
}

/** How a write to a tenant is refused while what is left of an earlier one is removed. */
export function beingDropped(tenant: string): SynthaError {
  return new SynthaError("UNAVAILABLE", `"${tenant}" is being dropped.`, {
    hint: "Try again: each try removes more of what is left of it. Then the name is free.",
  });
}
