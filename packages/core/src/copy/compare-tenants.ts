import { SynthaError } from "../error/syntha-error.ts";
import { acquireStorage, releaseStorage } from "../session/storage-references.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { checkTenantId } from "../session/tenant-id.ts";
import { beingLoaded } from "../storage/check-load.ts";
import type { TenantHeader, TenantRecord } from "../storage/tenant-record.ts";
import { checkStorage } from "../storage/check-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { requireSupport } from "../storage/support.ts";
import { checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkBatch } from "./check-batch.ts";
import { differingField } from "./difference.ts";
import { compareRecords, nameOf, type DumpSection, DUMP_SECTIONS } from "./dump-section.ts";
import { CopyEndpoint } from "./copy-endpoint.ts";

/** How many differences are told. */
const MOST_TOLD = 10;

export interface CompareOptions {
  readonly left: Storage;
  readonly right: Storage;
  /** The tenant's id. */
  readonly tenantId: string;
  /** Its id on the right. Default: the same. */
  readonly rightTenantId?: string | undefined;
  /** How many records are read at once, 1 to 1,000. Default: 1,000. */
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const COMPARE = knownOptions<CompareOptions>("compareTenants", {
  left: true,
  right: true,
  tenantId: true,
  rightTenantId: true,
  batch: true,
  signal: true,
});

const AGAIN = "Call compareTenants again: it begins at the first record.";

/** One thing that is not the same on both sides. */
export interface TenantDifference {
  /** Such as `item "plan"`, `agent "Ann"`, `log line 12.0`, or `tenant`. */
  readonly record: string;
  /** Such as `row.value`; undefined when the whole record is on one side only. */
  readonly field?: string;
  /** The side that has it, when the other has not. */
  readonly only?: "left" | "right";
}

export type TenantComparison =
  | { readonly equal: true }
  | { readonly equal: false; readonly differences: readonly TenantDifference[] };

/**
 * Compares all that two storages hold of a tenant: items with owners, leases and revisions, expired ones too,
 * permissions, subscriptions with where they began and ended, events, and the log. Reads each side once, in pages.
 * Compare what nobody writes to meanwhile: what changes while it is read shows as a difference.
 *
 * @returns The first ten differences, if there are any.
 * @throws NOT_FOUND when a side has no such tenant, UNAVAILABLE when it is still being copied there, ABORTED,
 * MISCONFIGURED.
 */
export async function compareTenants(options: CompareOptions): Promise<TenantComparison> {
  checkOptions(options, COMPARE);
  const { left, right, tenantId, rightTenantId = tenantId, signal } = options;
  checkSignal(signal);
  checkTenantId(tenantId);
  checkTenantId(rightTenantId);
  const batch = checkBatch(options.batch ?? MAX_PAGE);
  checkStorage(left, "left");
  checkStorage(right, "right");
  await acquireStorage(left);
  try {
    await acquireStorage(right);
    try {
      return await compare(
        new CopyEndpoint(requireSupport(left, "dump"), tenantId, batch, signal, AGAIN),
        new CopyEndpoint(requireSupport(right, "dump"), rightTenantId, batch, signal, AGAIN),
      );
    } finally {
      await releaseStorage(right);
    }
  } finally {
    await releaseStorage(left);
  }
}

async function compare(left: CopyEndpoint, right: CopyEndpoint): Promise<TenantComparison> {
  const headers = [await headerOf(left), await headerOf(right)] as const;
  const found: TenantDifference[] = [];
  const field = differingField(...headers);
  if (field !== undefined) found.push({ record: "tenant", field });
  for await (const difference of differencesBetween(left, right)) {
    found.push(difference.told);
    if (found.length >= MOST_TOLD) break;
  }
  return found.length === 0 ? { equal: true } : { equal: false, differences: found };
}

async function headerOf(side: CopyEndpoint): Promise<TenantHeader> {
  const { header, loading } = await side.standing();
  if (loading !== null) throw beingLoaded(side.tenant);
  if (header === null) throw noTenant(side.tenant);
  return header;
}

export function noTenant(tenant: string): SynthaError {
  return new SynthaError("NOT_FOUND", `There is no tenant "${tenant}" here.`, {
    hint: "A tenant exists once something was written to it: list() of a TenantRegistry over this storage returns all of them.",
  });
}

/** What is not the same on two sides, with the record of each side that has it. */
export interface Unlike {
  readonly records: readonly TenantRecord[];
  readonly told: TenantDifference;
}

/** Differences of all parts, in their order; `onPart` is told of every record that both were looked at for. */
export async function* differencesBetween(
  left: CopyEndpoint,
  right: CopyEndpoint,
  onRecord: (part: DumpSection) => void = () => undefined,
): AsyncGenerator<Unlike> {
  for (const part of DUMP_SECTIONS) {
    const [lefts, rights] = [left.records(part), right.records(part)];
    let [l, r] = [await next(lefts), await next(rights)];
    while (l !== undefined || r !== undefined) {
      const order = l === undefined ? 1 : r === undefined ? -1 : compareRecords(l, r);
      const records = [...(order <= 0 && l ? [l] : []), ...(order >= 0 && r ? [r] : [])];
      const record = nameOf(records[0] as TenantRecord);
      if (order < 0) yield { records, told: { record, only: "left" } };
      else if (order > 0) yield { records, told: { record, only: "right" } };
      else {
        const field = differingField(l, r);
        if (field !== undefined) yield { records, told: { record, field } };
      }
      onRecord(part);
      if (order <= 0) l = await next(lefts);
      if (order >= 0) r = await next(rights);
    }
  }
}

async function next(records: AsyncGenerator<TenantRecord>): Promise<TenantRecord | undefined> {
  const { value, done } = await records.next();
  return done ? undefined : value;
}
