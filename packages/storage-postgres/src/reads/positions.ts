import type { LogFacts } from "@syntha/core/storage";
import type { Answer } from "../connection/statement.ts";
import type { Tenant } from "../tables/tenants.ts";

/** What a tenant's log is judged by; `marks` are those of the commits in question that were read. */
export function logFacts(tenant: Tenant, marks: ReadonlyMap<number, number>): LogFacts {
  const { epoch, head, floor, floorEntries, historyFloor } = tenant;
  return {
    epoch,
    head,
    floor,
    floorEntries,
    historyFloor,
    commitIdAt: (position) => commitIdAt(tenant, marks, position),
  };
}

export function commitIdAt(
  tenant: Tenant,
  marks: ReadonlyMap<number, number>,
  position: number,
): number | undefined {
  if (position === tenant.floor) return tenant.floorCommitId;
  if (position === tenant.head) return tenant.headCommitId;
  return marks.get(position);
}

/** The mark of a commit, as it was read. */
export function commitIdsOf(
  position: number,
  line: Answer | undefined,
): ReadonlyMap<number, number> {
  const mark = line?.rows[0]?.[0] as number | undefined;
  return new Map(mark === undefined ? [] : [[position, mark]]);
}
