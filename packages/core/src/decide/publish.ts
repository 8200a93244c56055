import { SynthaError } from "../error/syntha-error.ts";
import type { EventRow } from "../model/event-row.ts";
import type { Route } from "../route/route.ts";
import type { PublishOperation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";
import { checkPosting, routeRequired } from "./posting.ts";

/** Appends an event. The same id again returns the first event, if the actor sees it. */
export function decidePublish(draft: Draft, op: PublishOperation): OpResult {
  const first = checkIdNotTaken(draft, op.id);
  const route = op.route ?? routeRequired(`The event "${op.eventType}"`);
  checkPosting(draft, route);
  const created = first === undefined;
  // A repeated event keeps the route that it has.
  const { topicsWithoutSubscribers, unknownSubscribers } = draft.unreached(first ?? route, created);
  if (created) draft.changes.push({ type: "event", event: toEvent(draft, op, route) });
  return { type: "publish", id: op.id, created, topicsWithoutSubscribers, unknownSubscribers };
}

function toEvent(draft: Draft, op: PublishOperation, route: Route): EventRow {
  const { topics, subscribers, global } = route;
  return {
    id: op.id,
    type: op.eventType,
    data: op.data,
    topics,
    subscribers,
    global,
    owner: draft.actor,
    position: draft.position,
    index: draft.changes.length,
    at: draft.facts.now,
  };
}

/** The event of an id, unless the actor does not see it. */
export function checkIdNotTaken(draft: Draft, id: string): EventRow | undefined {
  const event = draft.facts.event(id);
  if (event !== undefined && !draft.canSee(event)) refuse(idTaken(id, draft.actor));
  return event;
}

function idTaken(id: string, by: string | null): SynthaError {
  return new SynthaError(
    "KEY_TAKEN",
    `The event id "${id}" is taken by something that is not yours to see.`,
    {
      hint: `Choose another id, such as "${by}/${id}", or leave it out for a random one.`,
      details: { key: id },
    },
  );
}
