import {
  checkLogStart,
  headPosition,
  type LogPage,
  type LogQuery,
  afterPosition,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";
import { logFacts, positionAfter } from "./positions.ts";

/** Log entries after a position, unfiltered. */
export function log(tables: Tables, name: string, query: LogQuery, clock: number): LogPage {
  const { after, key, limit } = query;
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = { ...snapshotOf(tenant, clock), floor: tenant.floor };
  if (after === "end") return { ...snapshot, entries: [], end: headPosition(tenant), isHead: true };
  checkLogStart(after, key, logFacts(tables.log, tenant));
  const first = key === undefined ? tenant.floor : tenant.historyFloor;
  const start = after === "start" ? { position: first + 1, index: -1 } : afterPosition(after);
  const found = tables.log.read(tenant.id, start, key, limit + 1, snapshot.now);
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const more = found.length > limit;
  return {
    ...snapshot,
    entries,
    end:
      more && last !== undefined ? positionAfter(tables.log, tenant, last) : headPosition(tenant),
    isHead: !more,
  };
}
