import { MAX_TOPIC_ENTRIES } from "../decide/tenant-wide.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { Quotas } from "../limit/quota.ts";
import type { Route } from "../route/route.ts";

/** A fact to read from the engine. */
export type FactRequest =
  /**
   * The row of a key and the records of its topics; with `by`, also whether that agent is subscribed to each of them.
   */
  | { readonly type: "item"; readonly key: string; readonly by: string | null }
  | { readonly type: "agent"; readonly name: string }
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
  /** The first `size` rows that can be claimed, now or later; one more makes a second read unlikely. */
  | { readonly type: "queue"; readonly topic: string; readonly size: number }
  | { readonly type: "nextReadyAt"; readonly topic: string }
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
  const claims = new Map<string, number>();
  const add = (need: FactRequest): void => void needs.set(idOf(need), need);
  for (const { actor, ops, quotas } of commits) {
    if (quotas !== undefined) for (const need of needsOfQuotas(actor, ops, quotas)) add(need);
    for (const op of ops) {
      for (const need of needsOfOne(actor, op)) add(need);
      if (op.type === "claim" && "topic" in op.from)
        claims.set(op.from.topic, (claims.get(op.from.topic) ?? 0) + 1);
    }
  }
  for (const [topic, count] of claims)
    add({ type: "queue", topic, size: Math.min(count, MOST_CLAIMED_AT_ONCE) });
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
      yield* needsOfRoute(by, op.route ?? op.routeIfNew);
      return;
    case "delete":
      yield { type: "item", key: op.key, by };
      return;
    case "publish":
      yield { type: "event", id: op.id };
      yield* needsOfRoute(by, op.route);
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
    case "claim":
      if ("key" in op.from) yield { type: "item", key: op.from.key, by };
      else if (by !== null) yield { type: "subscription", agent: by, topic: op.from.topic };
      return;
    case "extend":
    case "release":
      yield { type: "item", key: op.key, by: null };
      return;
    case "complete":
      yield { type: "item", key: op.key, by: null };
      yield* needsOfRoute(by, op.route);
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

function* needsOfRoute(by: string | null, route: Route | undefined): Generator<FactRequest> {
  if (by !== null) yield { type: "agent", name: by };
  for (const name of route?.topics ?? []) yield { type: "topic", name };
}
