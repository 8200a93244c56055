import {
  type DumpRange,
  DUMP_SECTIONS,
  rangeAfter,
  type Storage,
  type TenantHeader,
  type TenantRecord,
} from "@syntha/core/storage";

/** All that a storage holds of a tenant, in pages of `limit`. */
export async function dumpTenant(
  storage: Storage,
  tenant: string,
  limit = 1_000,
): Promise<{ readonly header: TenantHeader | null; readonly records: readonly TenantRecord[] }> {
  const records: TenantRecord[] = [];
  for (const part of DUMP_SECTIONS) {
    for (let range: DumpRange = { part }; ;) {
      const page = await storage.maintain({ type: "dump", tenant, limit, ...range });
      records.push(...page.records);
      const last = page.records.at(-1);
      if (page.isLast || last === undefined) break;
      range = rangeAfter(last);
    }
  }
  const { header } = await storage.maintain({ type: "dump", tenant, limit, part: "agents" });
  return { header, records };
}
