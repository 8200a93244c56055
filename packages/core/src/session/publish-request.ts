import { SynthaError } from "../error/syntha-error.ts";
import type { RouteInput } from "../route/route.ts";
import type { PublishOperation } from "../storage/operation.ts";
import { checkName } from "../text/name.ts";
import { andThen, type MaybeAsync } from "../schema/maybe-async.ts";
import type { Session } from "./session.ts";

export interface EventAddress extends RouteInput {
  id?: string | undefined;
}

/** The operation that publishes an event; a promise only when its schema is asynchronous. */
export function publishOperation(
  session: Session,
  type: string,
  data: unknown,
  address: EventAddress,
): MaybeAsync<PublishOperation> {
  checkName("event type", type);
  const id = address.id ?? crypto.randomUUID();
  checkName("event id", id);
  if (data === undefined) {
    throw new SynthaError("INVALID_VALUE", "An event needs data.", {
      hint: "Pass what happened as JSON; null is allowed.",
      details: { path: "$" },
    });
  }
  const route = session.route(address) ?? session.defaultRoute;
  const text = session.guard.encodeEvent(type, data);
  const operation = (json: string): PublishOperation => ({
    type: "publish",
    id,
    eventType: type,
    data: json,
    route,
  });
  return andThen(text, operation);
}
