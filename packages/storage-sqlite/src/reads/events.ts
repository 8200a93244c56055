import {
  checkEventPosition,
  type EntryPosition,
  type EventPage,
  type EventQuery,
  type EventRow,
  headPosition,
  merge,
  type Source,
  afterPosition,
  bucketsVisibleTo,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";
import { eventFacts, positionAfter, withEventFingerprint } from "./positions.ts";

const inLogOrder = (a: EntryPosition, b: EntryPosition): number =>
  a.position - b.position || a.index - b.index;

/** Events that an actor can see, in log order. */
export function events(tables: Tables, name: string, query: EventQuery, clock: number): EventPage {
  const { actor, types, after, limit } = query;
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  if (after !== undefined) checkEventPosition(after, eventFacts(tables, tenant));
  const subscriptions = actor === null ? [] : tables.subscriptions.of(tenant.id, actor);
  const buckets = bucketsVisibleTo(actor, subscriptions) ?? (["*"] as const);
  const start = afterPosition(after);
  const sources = buckets.flatMap((bucket) =>
    (types ?? [undefined]).map(
      (type): Source<EntryPosition> =>
        (last, most) =>
          tables.events.positions(tenant.id, bucket, type, last ?? start, most),
    ),
  );
  const found: EventRow[] = [];
  let end = headPosition(tenant);
  for (const entry of merge(sources, inLogOrder, undefined, limit)) {
    found.push(tables.events.at(tenant.id, entry) as EventRow);
    if (found.length < limit) continue;
    end = positionAfter(tables.log, tenant, entry);
    break;
  }
  return { ...snapshot, events: found, end: withEventFingerprint(tables, tenant, end) };
}
