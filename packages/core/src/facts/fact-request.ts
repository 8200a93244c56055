import { MOST_OF_TOPIC } from "../decide/tenant-wide.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { Quotas } from "../limit/quota.ts";
import type { Route } from "../route/route.ts";

/** A fact that must be read from the engine before a decision can rest on it. */
export type FactRequest =
  /** The row of a key, and the records of its topics; with `by`, also that agent's subscription to each of them. */
  | { readonly type: "item"; readonly key: string; readonly by: string | null }
  | { readonly type: "agent"; readonly name: string }
  | { readonly type: "topic"; readonly name: string }
  | { readonly type: "subscription"; readonly agent: string; readonly topic: string }
  | { readonly type: "event"; readonly id: string }
  /** An agent's, or the tenant's (null). */
  | { readonly type: "allowance"; readonly of: string | null }
  | FlushingFactRequest;

/** One that other commits of the same transaction can change unseen: what they wrote must reach the engine before it is read. */
type FlushingFactRequest =
  /** What an agent owns. */
  | { readonly type: "usage"; readonly agent: string }
  | { readonly type: "subscriptions"; readonly agent: string }
  | { readonly type: "eventsOn"; readonly topic: string; readonly most: number }
  /** The first rows that can be claimed, now or later: `size` of them, and better one more. */
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

/** Ready rows that claims of one transaction read at once. */
const MOST_CLAIMED_AT_ONCE = 64;

/**
 * What deciding these commits will most likely ask for, so that it can be read in one round trip. A guess that costs a
 * little when it is wrong: what is missing is asked for when the decision comes to it.
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

/** The same for the same fact. */
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
      yield { type: "eventsOn", topic: op.topic, most: MOST_OF_TOPIC + 1 };
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
