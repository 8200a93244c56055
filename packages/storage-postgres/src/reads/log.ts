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
import { type Answer, type Call, call } from "../connections/statement.ts";
import type { Sql } from "../tables/index.ts";
import { toEntry } from "../tables/log.ts";
import { logFacts, marksOf } from "./place.ts";
import type { View } from "./view.ts";

/** What is asked along with the tenant itself. */
export function logCalls(sql: Sql, name: string, { after }: LogQuery): Call[] {
  return typeof after === "string" ? [] : [call(sql.log.mark, name, after.position)];
}

/** The raw log behind a place. */
export async function log(
  view: View,
  { after, key, limit }: LogQuery,
  [line]: readonly Answer[],
): Promise<LogPage> {
  const { sql, name, tenant, snapshot } = view;
  if (after === "end") return { ...snapshot, entries: [], end: headPosition(tenant), isHead: true };
  if (after !== "start") {
    const check = key === undefined ? checkPosition : checkHistoryPosition;
    check(after, logFacts(tenant, marksOf(after.position, line)));
  }
  const { position, index } = startOf(view, after, key);
  const { rows } = await view.one(
    key === undefined
      ? call(sql.log.all, name, position, index, limit + 1)
      : call(sql.log.byKey, name, position, index, limit + 1, key),
  );
  const entries = rows.slice(0, limit).map((row) => toEntry(row, snapshot.now));
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
  { tenant }: View,
  after: LogPosition | "start",
  key: string | undefined,
): EntryPosition {
  if (after !== "start") return afterPosition(after);
  if (key !== undefined) return afterPosition(undefined);
  return { position: tenant.floor, index: Number.MAX_SAFE_INTEGER };
}
