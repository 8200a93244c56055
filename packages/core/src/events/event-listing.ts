import { type Cursor, parseCursor, toCursor } from "../log/cursor.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { EventDataOf, EventTypeOf, MeshSchema } from "../schema/mesh-schema.ts";
import type { Session } from "../session/session.ts";
import { checkNames } from "../text/name.ts";
import { type CorruptEvent, type MeshEvent, toCorruptEvent, toEvent } from "../view/event.ts";
import { checkLimit } from "../view/page-token.ts";
import { readable } from "../view/readable.ts";

/** Event types that one call may name. */
const MAX_TYPES = 1_000;

export interface EventFilter<E extends string = string> {
  types?: readonly E[] | undefined;
  /** Only events after this position of the log. */
  since?: Cursor | undefined;
  /** 1 to 1,000. @default 100 */
  limit?: number | undefined;
}

const EVENTS = knownOptions<EventFilter>("events", { types: true, since: true, limit: true });

/** An event of one of these types: its `type` determines the type of its `data`. */
export type EventOf<S extends MeshSchema, E extends EventTypeOf<S> = EventTypeOf<S>> = {
  [P in E]: MeshEvent<EventDataOf<S, P>, P>;
}[E];

export interface EventListing<E = MeshEvent> {
  readonly events: readonly E[];
  /** Events whose data is damaged where it is stored: without their data. */
  readonly corrupt: readonly CorruptEvent[];
  /** Pass it as `since` to get the events that follow. */
  readonly cursor: Cursor;
}

export async function listEvents(
  { tenantId, storage }: Session,
  actor: Actor,
  filter: EventFilter,
): Promise<EventListing> {
  checkOptions(filter, EVENTS);
  const { types, since } = filter;
  const limit = checkLimit(filter.limit);
  const names = types && checkNames("event type", types, MAX_TYPES);
  const after = since === undefined ? undefined : parseCursor(since);
  const query = { actor, types: names, after, limit };
  const page = await (await storage.ready()).events(tenantId, query);
  const { values, corrupt } = readable(page.events, (row) => toEvent<never, never>(row));
  return {
    events: values,
    corrupt: corrupt.map(([row, error]) => toCorruptEvent(row, error)),
    cursor: toCursor(page.end),
  };
}
