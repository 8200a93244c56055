import {
  type DumpRange,
  DUMP_SECTIONS,
  rangeAfter,
  type FullStorage,
  type TenantHeader,
  type TenantRecord,
} from "@syntha/core/storage";

/** All records of a tenant, read in pages of `limit`. */
export async function dumpTenant(
  storage: FullStorage,
  tenantId: string,
  limit = 1_000,
): Promise<{ readonly header: TenantHeader | null; readonly records: readonly TenantRecord[] }> {
  const records: TenantRecord[] = [];
  for (const section of DUMP_SECTIONS) {
    for (let range: DumpRange = { section }; ;) {
      const page = await storage.dump({ tenantId, limit, ...range });
      records.push(...page.records);
      const last = page.records.at(-1);
      if (page.isLast || last === undefined) break;
      range = rangeAfter(last);
    }
  }
  const { header } = await storage.dump({ tenantId, limit, section: "agents" });
  return { header, records };
}
