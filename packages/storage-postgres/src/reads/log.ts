import {
  afterPosition,
  checkLogStart,
  type EntryPosition,
  headPosition,
  type LogPage,
  type LogQuery,
} from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { toLogEntry } from "../tables/log.ts";
import { logFacts, positionAfter } from "./positions.ts";
import type { TenantView } from "./tenant-view.ts";

/** The calls that are sent with the tenant's own: after a position, the page is read before the position is checked. */
export function logCalls(tables: Tables, name: string, query: LogQuery): Call[] {
  const { after } = query;
  if (typeof after !== "object") return [];
  const page = pageCall(tables, name, query, afterPosition(after));
  return [call(tables.log.commitIdAt, name, after.position), page];
}

/** The unfiltered log after a position. */
export async function log(
  view: TenantView,
  query: LogQuery,
  [commitId, page]: readonly Answer[],
): Promise<LogPage> {
  const { after, key, limit } = query;
  const { tables, name, tenant } = view;
  const snapshot = { ...view.snapshot, floor: tenant.floor };
  if (after === "end") return { ...snapshot, entries: [], end: headPosition(tenant), isHead: true };
  const { position: checked } = afterPosition(typeof after === "string" ? undefined : after);
  checkLogStart(after, key, logFacts(tenant, checked, commitId));
  const { rows } =
    page ?? (await view.one(pageCall(tables, name, query, startOf(view, after, key))));
  const entries = rows.slice(0, limit).map((row) => toLogEntry(row, snapshot.now));
  const last = entries.at(-1);
  const isHead = rows.length <= limit;
  const end =
    isHead || last === undefined
      ? headPosition(tenant)
      : positionAfter(tenant, last, last.commitId);
  return { ...snapshot, entries, end, isHead };
}

/** One entry more than the page has, if there are more. */
function pageCall(
  { log: table }: Tables,
  name: string,
  { key, limit }: LogQuery,
  { position, index }: EntryPosition,
): Call {
  return key === undefined
    ? call(table.all, name, position, index, limit + 1)
    : call(table.byKey, name, position, index, limit + 1, key);
}

/** At or before the floor there are only entries that histories need. */
function startOf(
  { tenant }: TenantView,
  after: Exclude<LogQuery["after"], "end">,
  key: string | undefined,
): EntryPosition {
  if (after !== "start") return afterPosition(after);
  if (key !== undefined) return afterPosition(undefined);
  return { position: tenant.floor, index: Number.MAX_SAFE_INTEGER };
}
