import { SynthaError } from "../error/syntha-error.ts";
import { describe } from "../text/describe.ts";
import type { RouteInput } from "../route/route.ts";
import type { PutOperation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { knownOptions } from "../options/known-options.ts";
import { andThen, type MaybeAsync } from "../schema/maybe-async.ts";
import type { Session } from "./session.ts";

export interface PushOptions<T extends string = string> extends RouteInput<T> {
  /** How long it stays. Not given: for good; `"keep"`: as long as it was to stay. */
  ttl?: Duration | "keep" | undefined;
  /** Writes only on this revision; 0: only if the key holds nothing. */
  ifRevision?: number | undefined;
}

export const PUSH = knownOptions<PushOptions>("push", {
  topics: true,
  subscribers: true,
  global: true,
  ttl: true,
  ifRevision: true,
});

/** What a push did. */
export interface Pushed {
  readonly key: string;
  readonly revision: number;
  /** Topics of its route that nobody is subscribed to. */
  readonly topicsWithoutSubscribers: readonly string[];
  /** Whether the key held nothing before. */
  readonly created: boolean;
  readonly expiresAt: Date | undefined;
}

/** The operation that pushes; a promise only when the key's schema is asynchronous. */
export function putOperation(
  session: Session,
  key: unknown,
  value: unknown,
  options: PushOptions,
): MaybeAsync<PutOperation> {
  session.checkKey(key);
  checkRevisionNumber(options.ifRevision);
  const { ttl, ifRevision } = options;
  const route = session.route(options, key);
  const expiry = ttl === undefined || ttl === "keep" ? ttl : toMs("ttl", ttl);
  const text = session.guard.encodeItem(key, value);
  const operation = (json: string): PutOperation => ({
    type: "put",
    key,
    value: json,
    route,
    routeIfNew: session.defaultRouteOf(key),
    expiry,
    ifRevision,
  });
  return andThen(text, operation);
}

export function toPushed(key: string, result: OpResult | undefined): Pushed {
  const { revision, topicsWithoutSubscribers, created, expiresAt } = result as OpResult & {
    type: "put";
  };
  return {
    key,
    revision,
    topicsWithoutSubscribers,
    created,
    expiresAt: expiresAt === null ? undefined : new Date(expiresAt),
  };
}

/** @throws INVALID_ARGUMENTS for what can't be a revision. */
export function checkRevisionNumber(revision: number | undefined): void {
  if (revision === undefined || (Number.isSafeInteger(revision) && revision >= 0)) return;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `A revision is a whole number from 0 on, not ${describe(revision)}.`,
    {
      hint: "Pass the `revision` that a read or push gave, or 0 for a key that must hold nothing.",
      details: { path: "ifRevision" },
    },
  );
}
