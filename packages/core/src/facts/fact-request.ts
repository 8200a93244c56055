import { MAX_TOPIC_ENTRIES } from "../decide/tenant-wide.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { Quotas } from "../limit/quota.ts";
import { type QueueBucket, topicsOf } from "../route/audience-bucket.ts";
import type { Route } from "../route/route.ts";

/** A fact to read from the engine. */
export type FactRequest =
  /**
   * The row of a key and the records of its topics; with `by`, also whether that agent is subscribed to each of them.
   */
  | { readonly type: "item"; readonly key: string; readonly by: string | null }
  /** Permissions, the number of subscriptions, and when it was seen. */
  | { readonly type: "agent"; readonly name: string }
  | { readonly type: "card"; readonly agent: string }
  | { readonly type: "topic"; readonly name: string }
  | { readonly type: "subscription"; readonly agent: string; readonly topic: string }
  | { readonly type: "event"; readonly id: string }
  /** The allowance of an agent, or the tenant's (null). */
  | { readonly type: "allowance"; readonly of: string | null }
  | FlushingFactRequest;

/**
 * A fact that other commits of the transaction may have changed: their writes must reach the engine before it is read.
 */
type FlushingFactRequest =
  /** What an agent owns. */
  | { readonly type: "usage"; readonly agent: string }
  | { readonly type: "subscriptions"; readonly agent: string }
  | { readonly type: "eventsOn"; readonly topic: string; readonly most: number }
  /** The first `size` rows that can be claimed now, and when the next one can be; one more makes a second read unlikely. */
  | { readonly type: "queue"; readonly queue: QueueBucket; readonly size: number }
  | { readonly type: "nextReadyAt"; readonly queue: QueueBucket }
  /** The rows that have one of these keys pending. */
  | { readonly type: "dependents"; readonly keys: readonly string[] }
  /** How many rows have the key pending. */
  | { readonly type: "dependentCount"; readonly key: string }
  | {
      readonly type: "page";
      readonly of: { readonly topic: string } | "all";
      readonly after: string;
      readonly limit: number;
    }
  | { readonly type: "expired"; readonly limit: number };

export function requiresFlush(need: FactRequest): need is FlushingFactRequest {
  switch (need.type) {
    case "usage":
    case "subscriptions":
    case "eventsOn":
    case "queue":
    case "nextReadyAt":
    case "dependents":
    case "dependentCount":
    case "page":
    case "expired":
      return true;
    default:
      return false;
  }
}

/** Ready rows that the claims of one transaction read at once. */
const MOST_CLAIMED_AT_ONCE = 64;

/**
 * The facts that deciding these commits will most likely need, so that they can be read in one round trip. A wrong
 * guess costs little: a missing fact is read when the decision needs it.
 */
export function prefetchRequests(commits: readonly Commit[]): FactRequest[] {
  const needs = new Map<string, FactRequest>();
  const claims = new Map<QueueBucket, number>();
  const ending = new Set<string>();
  const add = (need: FactRequest): void => void needs.set(idOf(need), need);
  for (const { actor, ops, quotas, ifRevisions = [] } of commits) {
    for (const { key } of ifRevisions) add({ type: "item", key, by: actor });
    if (quotas !== undefined) for (const need of needsOfQuotas(actor, ops, quotas)) add(need);
    // Whether it is known, and what it may do.
    if (actor !== null) add({ type: "agent", name: actor });
    for (const op of ops) {
      for (const need of needsOfOne(actor, op)) add(need);
      if (op.type === "claim" && "queues" in op.from)
        for (const queue of op.from.queues) claims.set(queue, (claims.get(queue) ?? 0) + 1);
      if (op.type === "complete" || op.type === "delete") ending.add(op.key);
    }
  }
  for (const [queue, count] of claims)
    add({ type: "queue", queue, size: Math.min(count, MOST_CLAIMED_AT_ONCE) });
  if (ending.size > 0) add({ type: "dependents", keys: [...ending] });
  return [...needs.values()];
}

/** Equal for requests of the same fact. */
export function idOf(need: FactRequest): string {
  return JSON.stringify(Object.values(need));
}

function* needsOfOne(by: string | null, op: Operation): Generator<FactRequest> {
  switch (op.type) {
    case "put":
      yield { type: "item", key: op.key, by };
      yield* needsOfRoute(op.route ?? op.routeIfNew);
      for (const key of op.task?.dependsOn ?? []) {
        yield { type: "item", key, by };
        yield { type: "dependentCount", key };
      }
      return;
    case "delete":
    case "retry":
      yield { type: "item", key: op.key, by };
      return;
    case "publish":
      yield { type: "event", id: op.id };
      yield* needsOfRoute(op.route);
      return;
    case "subscribe":
    case "unsubscribe":
      yield { type: "agent", name: op.agent };
      for (const topic of op.topics) {
        yield { type: "subscription", agent: op.agent, topic };
        yield { type: "topic", name: topic };
      }
      return;
    case "setPermissions":
      yield { type: "agent", name: op.agent };
      yield { type: "subscriptions", agent: op.agent };
      return;
    case "announce":
      yield { type: "agent", name: op.agent };
      yield { type: "card", agent: op.agent };
      return;
    case "claim":
      if ("key" in op.from) yield { type: "item", key: op.from.key, by };
      else if (by !== null)
        for (const topic of topicsOf(op.from.queues))
          yield { type: "subscription", agent: by, topic };
      return;
    case "extend":
    case "release":
    case "endLease":
      yield { type: "item", key: op.key, by: null };
      return;
    case "complete":
    case "handOff":
      yield { type: "item", key: op.key, by: null };
      yield* needsOfRoute(op.route);
      return;
    case "deleteTopic":
      yield { type: "topic", name: op.topic };
      yield { type: "eventsOn", topic: op.topic, most: MAX_TOPIC_ENTRIES + 1 };
      return;
    case "clear":
      yield { type: "page", of: "all", after: op.from?.key ?? "", limit: op.limit };
      return;
    case "sweep":
      yield { type: "expired", limit: op.limit };
      return;
  }
}

const WRITES: readonly Operation["type"][] = ["put", "publish", "subscribe"];

function* needsOfQuotas(
  by: string | null,
  ops: readonly Operation[],
  quotas: Quotas,
): Generator<FactRequest> {
  if (!ops.some(({ type }) => WRITES.includes(type))) return;
  if (quotas.tenant.writesPerSecond !== undefined) yield { type: "allowance", of: null };
  if (by === null) return;
  const { items, bytes, writesPerSecond } = quotas.of(by);
  if (writesPerSecond !== undefined) yield { type: "allowance", of: by };
  if (items === undefined && bytes === undefined) return;
  if (ops.some(({ type }) => type === "put")) yield { type: "usage", agent: by };
}

function* needsOfRoute(route: Route | undefined): Generator<FactRequest> {
  for (const name of route?.topics ?? []) yield { type: "topic", name };
  for (const name of route?.subscribers ?? []) yield { type: "agent", name };
}
