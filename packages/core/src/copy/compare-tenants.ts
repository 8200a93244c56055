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
import { checkBatch } from "./copy-page-size.ts";
import { compareRecords, nameOf, type DumpSection, DUMP_SECTIONS } from "./dump-section.ts";
import { CopyEndpoint } from "./copy-endpoint.ts";

/** Differences that are returned. */
const MAX_DIFFERENCES = 10;

export interface CompareOptions {
  readonly left: Storage;
  readonly right: Storage;
  readonly tenantId: string;
  /** The id on the right. @default `tenantId` */
  readonly rightTenantId?: string | undefined;
  /** Records per page, 1 to 1,000. @default 1000 */
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

const AGAIN = "Call compareTenants again. It starts at the first record.";

/** A record that differs between the two tenants. */
export interface TenantDifference {
  /** Such as `item "plan"`, `agent "Ann"`, `log entry 12.0`, or `tenant` for its header. */
  readonly record: string;
  /** The first field that differs, such as `row.value`; undefined if the record exists on one side only. */
  readonly field?: string;
  /** The side that has the record, if the other does not. */
  readonly only?: "left" | "right";
}

export type TenantComparison =
  | { readonly equal: true }
  | { readonly equal: false; readonly differences: readonly TenantDifference[] };

/**
 * Compares everything that two storages have of a tenant: items, also expired ones, with owners, leases and revisions;
 * permissions; current and past subscriptions; events; and the log. Reads each side once, in pages. Stop the writers
 * first: what is written during the comparison shows as a difference.
 *
 * @returns The first ten differences, if there are any.
 * @throws NOT_FOUND if a side has no such tenant, UNAVAILABLE if it is an unfinished copy, ABORTED, MISCONFIGURED.
 * @see {@link copyTenant}, which verifies its copy by default.
 * @example
 * const comparison = await compareTenants({ left: sqlite, right: postgres, tenantId: "acme" });
 * if (!comparison.equal) console.error(comparison.differences);
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
  for await (const { difference } of differencesBetween(left, right)) {
    found.push(difference);
    if (found.length >= MAX_DIFFERENCES) break;
  }
  return found.length === 0 ? { equal: true } : { equal: false, differences: found };
}

async function headerOf(endpoint: CopyEndpoint): Promise<TenantHeader> {
  const { header, loading } = await endpoint.loadState();
  if (loading !== null) throw beingLoaded(endpoint.tenantId);
  if (header === null) throw noTenant(endpoint.tenantId);
  return header;
}

export function noTenant(tenantId: string): SynthaError {
  return new SynthaError("NOT_FOUND", `The storage has no tenant "${tenantId}".`, {
    hint: "A tenant exists from its first write on. `list()` of a TenantRegistry returns the ids of this storage.",
  });
}

/** A difference, with the record of each side that has it. */
export interface RecordDifference {
  readonly records: readonly TenantRecord[];
  readonly difference: TenantDifference;
}

/** The differences of all sections, in order. `onRecord` is called for each record that was compared. */
export async function* differencesBetween(
  left: CopyEndpoint,
  right: CopyEndpoint,
  onRecord: (section: DumpSection) => void = () => undefined,
): AsyncGenerator<RecordDifference> {
  for (const section of DUMP_SECTIONS) {
    const [lefts, rights] = [left.records(section), right.records(section)];
    let [l, r] = [await next(lefts), await next(rights)];
    while (l !== undefined || r !== undefined) {
      const order = l === undefined ? 1 : r === undefined ? -1 : compareRecords(l, r);
      const records = [...(order <= 0 && l ? [l] : []), ...(order >= 0 && r ? [r] : [])];
      const record = nameOf(records[0] as TenantRecord);
      if (order < 0) yield { records, difference: { record, only: "left" } };
      else if (order > 0) yield { records, difference: { record, only: "right" } };
      else {
        const field = differingField(l, r);
        if (field !== undefined) yield { records, difference: { record, field } };
      }
      onRecord(section);
      if (order <= 0) l = await next(lefts);
      if (order >= 0) r = await next(rights);
    }
  }
}

async function next(records: AsyncGenerator<TenantRecord>): Promise<TenantRecord | undefined> {
  const { value, done } = await records.next();
  return done ? undefined : value;
}

/** The first field in which two JSON values differ, such as `after.value`; undefined if they are equal. */
export function differingField(left: unknown, right: unknown, path = ""): string | undefined {
  if (left === right) return undefined;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right))
    return path;
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const field = path === "" ? name : `${path}.${name}`;
    const found = differingField(left[name], right[name], field);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
