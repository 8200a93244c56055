import { knownNamesOf, routed, type RouteReport, toRouteReport } from "../agents/route-report.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { READ_SET, type ReadSet, toReadSet } from "../items/read-set.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { RouteInput } from "../route/route.ts";
import type { Actor } from "../route/visibility.ts";
import { andThen, type MaybeAsync } from "../schema/maybe-async.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import type { Session } from "../session/session.ts";
import type { PublishOperation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { checkName } from "../text/name.ts";

export interface PublishOptions<T extends string = string> extends RouteInput<T>, ReadSet {
  /** Publishing the same id again adds no second event. @default a random id */
  id?: string | undefined;
}

const PUBLISH = knownOptions<PublishOptions>("publish", {
  topics: true,
  subscribers: true,
  global: true,
  id: true,
  ...READ_SET,
});

/** The result of a publication. */
export interface Published extends RouteReport {
  readonly id: string;
  /** False if an event with this id existed already. */
  readonly created: boolean;
}

export async function publish(
  session: Session,
  actor: Actor,
  type: string,
  data: unknown,
  options: PublishOptions,
): Promise<Published> {
  checkOptions(options, PUBLISH);
  const op = publishOperation(session.encoder, type, data, options);
  const { results } = await routed(
    session,
    session.commit(actor, [op], toReadSet(session.encoder, options)),
  );
  const published = results[0] as OpResult & { type: "publish" };
  const { id, created } = published;
  const report = toRouteReport(published, knownNamesOf(session));
  const { topicsWithoutSubscribers, unknownSubscribers } =
    report instanceof Promise ? await report : report;
  return { id, created, topicsWithoutSubscribers, unknownSubscribers };
}

/** A promise only if the event's schema is asynchronous. */
export function publishOperation(
  encoder: RequestEncoder,
  type: string,
  data: unknown,
  options: Omit<PublishOptions, keyof ReadSet>,
): MaybeAsync<PublishOperation> {
  checkName("event type", type);
  const id = options.id ?? crypto.randomUUID();
  checkName("event id", id);
  if (data === undefined) {
    throw new SynthaError("INVALID_VALUE", "An event needs data.", {
      hint: "Pass what happened as JSON; null is allowed.",
      details: { path: "$" },
    });
  }
  const route = encoder.toRoute(options) ?? encoder.defaultRoute;
  const text = encoder.schema.encodeEvent(type, data);
  const operation = (json: string): PublishOperation => ({
    type: "publish",
    id,
    eventType: type,
    data: json,
    route,
  });
  return andThen(text, operation);
}
