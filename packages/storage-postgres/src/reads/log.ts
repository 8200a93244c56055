import {
  checkHistoryPosition,
  checkPosition,
  type EntryPosition,
  headPosition,
  type LogPage,
  type LogQuery,
  type LogPosition,
  afterPosition,
} from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { toLogEntry } from "../tables/log.ts";
import { logFacts, commitIdsOf } from "./positions.ts";
import type { TenantSnapshot } from "./tenant-snapshot.ts";

/** What is asked along with the tenant itself. */
export function logCalls(tables: Tables, name: string, { after }: LogQuery): Call[] {
  return typeof after === "string" ? [] : [call(tables.log.commitIdAt, name, after.position)];
}

/** The raw log behind a place. */
export async function log(
  view: TenantSnapshot,
  { after, key, limit }: LogQuery,
  [line]: readonly Answer[],
): Promise<LogPage> {
  const { tables, name, tenant, snapshot } = view;
  if (after === "end") return { ...snapshot, entries: [], end: headPosition(tenant), isHead: true };
  if (after !== "start") {
    const check = key === undefined ? checkPosition : checkHistoryPosition;
    check(after, logFacts(tenant, commitIdsOf(after.position, line)));
  }
  const { position, index } = startOf(view, after, key);
  const { rows } = await view.one(
    key === undefined
      ? call(tables.log.all, name, position, index, limit + 1)
      : call(tables.log.byKey, name, position, index, limit + 1, key),
  );
  const entries = rows.slice(0, limit).map((row) => toLogEntry(row, snapshot.now));
  const last = entries.at(-1);
  const isHead = rows.length <= limit;
  const end: LogPosition =
    isHead || last === undefined
      ? headPosition(tenant)
      : {
          epoch: tenant.epoch,
          position: last.position,
          done: last.index + 1,
          commitId: last.commitId,
        };
  return { ...snapshot, entries, end, isHead };
}

/** Below the floor stand only lines that tell histories. */
function startOf(
  { tenant }: TenantSnapshot,
  after: LogPosition | "start",
  key: string | undefined,
): EntryPosition {
  if (after !== "start") return afterPosition(after);
  if (key !== undefined) return afterPosition(undefined);
  return { position: tenant.floor, index: Number.MAX_SAFE_INTEGER };
}
