import {
  type KnownNames,
  knownNamesOf,
  routed,
  type RouteReport,
  toRouteReport,
} from "../agents/route-report.ts";
import { inList } from "../error/in-list.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { RouteInput } from "../route/route.ts";
import type { Actor } from "../route/visibility.ts";
import { all, andThen, type MaybeAsync } from "../schema/maybe-async.ts";
import type { KeyOf, MeshSchema, TopicOf, Untyped, WritableOf } from "../schema/mesh-schema.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import type { Session } from "../session/session.ts";
import type { PutOperation } from "../storage/operation.ts";
import type { OpResult, PutResult } from "../storage/outcome.ts";
import { checkRevision, READ_SET, type ReadSet, toReadSet } from "./read-set.ts";
import { describe } from "../text/describe.ts";
import { type DependencyOptions, type TaskOptions, taskSettings } from "./task-options.ts";
import { type Duration, toMs } from "../time/duration.ts";

/** Pushes in one batch. */
const MAX_PUSHES = 10_000;

export interface PushOptions<T extends string = string>
  extends RouteInput<T>, TaskOptions, DependencyOptions, ReadSet {
  /** How long the item exists; `"keep"` keeps the expiry that it has. @default no expiry */
  ttl?: Duration | "keep" | undefined;
  /** Writes only if the item has this revision; 0: only if the key holds nothing. */
  ifRevision?: number | undefined;
}

const PUSH_NAMES = {
  topics: true,
  subscribers: true,
  global: true,
  ttl: true,
  ifRevision: true,
  priority: true,
  notBefore: true,
  dependsOn: true,
} as const;
const PUSH = knownOptions<PushOptions>("push", { ...PUSH_NAMES, ...READ_SET });

/** One push of a batch. */
export type Push<S extends MeshSchema = Untyped, K extends KeyOf<S> = KeyOf<S>> = K extends unknown
  ? Omit<PushOptions<TopicOf<S>>, keyof ReadSet> & {
      readonly key: K;
      readonly value: WritableOf<S, K, unknown>;
    }
  : never;

const ONE_PUSH = knownOptions<Push>("pushMany", { key: true, value: true, ...PUSH_NAMES });
const BATCH = knownOptions<ReadSet>("pushMany", READ_SET);

/** The result of a push. */
export interface Pushed extends RouteReport {
  readonly key: string;
  readonly revision: number;
  /** Whether the key held nothing before. */
  readonly created: boolean;
  readonly expiresAt: Date | undefined;
}

export async function push(
  session: Session,
  actor: Actor,
  key: string,
  value: unknown,
  options: PushOptions,
): Promise<Pushed> {
  checkOptions(options, PUSH);
  const op = putOperation(session.encoder, key, value, options);
  const readSet = toReadSet(session.encoder, options);
  const { results } = await routed(session, session.commit(actor, [op], readSet));
  return toPushed(key, results[0], knownNamesOf(session));
}

export async function pushMany(
  session: Session,
  actor: Actor,
  pushes: readonly Push[],
  options: ReadSet,
): Promise<readonly Pushed[]> {
  const ops = putOperations(session.encoder, pushes);
  checkOptions(options, BATCH);
  const readSet = toReadSet(session.encoder, options);
  const commit = session.commit(actor, ops, readSet);
  const { results } = await routed(session, commit);
  return toPushedMany(session, pushes, results);
}

/** @param path the argument that has the pushes, for error messages */
export function putOperations(
  encoder: RequestEncoder,
  pushes: readonly Push[],
  path = "pushes",
): MaybeAsync<PutOperation>[] {
  checkBatch(pushes, path);
  return pushes.map((each, i) =>
    inList(
      () => `${path}[${i}], ${describe(each.key)}`,
      () => putOperation(encoder, each.key, each.value, each),
    ),
  );
}

/** @param results those of the pushes, in their order */
export function toPushedMany(
  session: Session,
  pushes: readonly Push[],
  results: readonly OpResult[],
): MaybeAsync<readonly Pushed[]> {
  const knownNames = knownNamesOf(session);
  return all(pushes.map(({ key }, i) => toPushed(key, results[i], knownNames)));
}

/** A promise only if the key's schema is asynchronous. */
export function putOperation(
  encoder: RequestEncoder,
  key: unknown,
  value: unknown,
  options: PushOptions,
): MaybeAsync<PutOperation> {
  const put = putOf(encoder, key, options);
  return andThen(encoder.schema.encodeItem(key as string, value), put);
}

/** What puts JSON text under a key, with options that are checked now. */
export function putOf(
  encoder: RequestEncoder,
  key: unknown,
  options: PushOptions,
): (json: string) => PutOperation {
  encoder.checkKey(key);
  checkRevision(options.ifRevision);
  const { ttl, ifRevision } = options;
  const route = encoder.toRoute(options, key);
  const expiry = ttl === undefined || ttl === "keep" ? ttl : toMs("ttl", ttl);
  const task = taskSettings(encoder, key, options);
  return (json) => ({
    type: "put",
    key,
    value: json,
    route,
    routeIfNew: encoder.defaultRouteOf(key),
    expiry,
    ifRevision,
    task,
  });
}

export function toPushed(
  key: string,
  result: OpResult | undefined,
  knownNames: KnownNames,
): MaybeAsync<Pushed> {
  const put = result as PutResult;
  const report = toRouteReport(put, knownNames);
  if (!(report instanceof Promise)) return pushed(key, put, report);
  return report.then((names) => pushed(key, put, names));
}

function pushed(
  key: string,
  { revision, created, expiresAt }: PutResult,
  { topicsWithoutSubscribers, unknownSubscribers }: RouteReport,
): Pushed {
  return {
    key,
    revision,
    topicsWithoutSubscribers,
    unknownSubscribers,
    created,
    expiresAt: expiresAt === null ? undefined : new Date(expiresAt),
  };
}

function checkBatch(pushes: readonly unknown[], path: string): void {
  if (Array.isArray(pushes) && pushes.length > 0 && pushes.length <= MAX_PUSHES) {
    for (let i = 0; i < pushes.length; i++) checkOptions(pushes[i], ONE_PUSH, path, i);
    return;
  }
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `A batch must be a list of 1 to ${MAX_PUSHES} pushes.`,
    {
      hint: "Split a longer list into batches; each of them is all or nothing.",
      details: { path, maximum: MAX_PUSHES },
    },
  );
}
