import * as fc from "fast-check";
import type { Route } from "@syntha/core";
import {
  type Commit,
  type CompactRequest,
  inboxBucket,
  type Operation,
  Quotas,
  topicBucket,
} from "@syntha/core/storage";

export const TENANTS = ["acme", "ac\u{1F600}me"];
export const AGENTS = ["Ann", "Bob", "Cy"];
export const TOPICS = ["a", "b", "\uFF5E", "\u{1F600}"];
export const KEYS = ["k", "k1", "k2", "k\uFF5E", "k\u{1F600}", "l"];
const EVENT_TYPES = ["made", "sent"];

/** A granted lease. Each storage has its own epoch for the token. */
export interface GrantedLease {
  readonly key: string;
  readonly actor: string | null;
  readonly position: number;
  readonly leaseId: number;
}

/** Builds a commit from the leases granted so far and the storage's epoch. */
type Draft = (granted: readonly GrantedLease[], epoch: string) => Commit;

/** A draft that a failing run prints as this text. */
function printedAs(text: string, draft: Draft): Draft {
  return Object.assign(draft, { [fc.toStringMethod]: () => text });
}

/** A commit that does not depend on what the storage has. */
function fixed(commit: Commit): Draft {
  return printedAs(fc.stringify(commit), () => commit);
}

export type Step =
  | { readonly type: "commit"; readonly tenant: string; readonly drafts: readonly Draft[] }
  | { readonly type: "clock"; readonly ms: number }
  /** Copies everything to a storage of the other kind, in pages of this size. */
  | { readonly type: "copy"; readonly batch: number }
  | ({ readonly type: "compact" } & CompactRequest)
  | { readonly type: "drop"; readonly tenantId: string };

const of = fc.constantFrom;
const tenant = of(...TENANTS);
const reader = of(null, null, ...AGENTS);
const key = of(...KEYS);
const some = (names: string[]): fc.Arbitrary<string[]> =>
  fc.uniqueArray(of(...names), { minLength: 1, maxLength: 2 });

const route: fc.Arbitrary<Route> = fc.oneof(
  {
    weight: 4,
    arbitrary: some(TOPICS).map((topics) => ({ topics, subscribers: [], global: false })),
  },
  fc.record({ topics: some(TOPICS), subscribers: some(AGENTS), global: fc.constant(false) }),
  some(AGENTS).map((subscribers) => ({ topics: [], subscribers, global: false })),
  fc.constant({ topics: [], subscribers: [], global: true }),
);
const maybeRoute = fc.option(route, { nil: undefined });
/** What people write, and the limits of JSON text, UTF-8 and UTF-16. Unit "binary" would make a table of all code points. */
const stringUnit = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  of("\0", "\u001f", '"', "\\", "\u007f", "\u2028", "\ud7ff", "\ue000", "\uffff"),
  of("\u{10000}", "\u{10ffff}"),
);
const value = fc.jsonValue({ maxDepth: 1, stringUnit }).map((json) => JSON.stringify(json));
const expiry = of(undefined, undefined, "keep" as const, 5, 60);
const maxAttempts = of(undefined, 1, 2);

const task = fc.option(
  fc.record({
    priority: of(undefined, undefined, -10, 0, 3, 10),
    notBefore: of(undefined, undefined, { inMs: 5 }, { inMs: 300 }, { at: 1_000_100 }),
    dependsOn: fc.option(some(KEYS), { nil: undefined }),
  }),
  { nil: undefined },
);

const put = fc.record({
  type: fc.constant("put" as const),
  task,
  key,
  value,
  route: maybeRoute,
  routeIfNew: maybeRoute,
  expiry,
  ifRevision: of(undefined, undefined, undefined, undefined, undefined, undefined, 0, 3),
});
const remove = fc.record({
  type: fc.constant("delete" as const),
  key,
  ifRevision: of(undefined, undefined, 2),
});
const publish = fc.record({
  type: fc.constant("publish" as const),
  id: of("e1", "e2", "e3", "e4", "e5", "e6"),
  eventType: of(...EVENT_TYPES),
  data: value,
  route: maybeRoute,
});
const subscribe = fc.record({
  type: of("subscribe" as const, "subscribe" as const, "unsubscribe" as const),
  agent: of(...AGENTS),
  topics: some(TOPICS),
});
const permit = fc.record({
  type: fc.constant("setPermissions" as const),
  agent: of(...AGENTS),
  permissions: fc.option(
    fc.record({
      post: fc.oneof(some(TOPICS), fc.constant("*" as const)),
      subscribe: fc.oneof(some(TOPICS), fc.constant("*" as const)),
      global: fc.boolean(),
      direct: fc.boolean(),
    }),
  ),
});
const claim = fc.record({
  type: fc.constant("claim" as const),
  from: fc.oneof(
    some(TOPICS).map((topics) => ({ queues: topics.map(topicBucket) })),
    some(TOPICS).map((topics) => ({ queues: [inboxBucket("Ann"), ...topics.map(topicBucket)] })),
    of(...AGENTS).map((agent) => ({ queues: [inboxBucket(agent)] })),
    key.map((each) => ({ key: each })),
  ),
  leaseMs: of(20, 500),
  leaseId: of(1, 2),
  maxAttempts,
});
const retry = fc.record({ type: fc.constant("retry" as const), key });
const announce = fc.record({
  type: fc.constant("announce" as const),
  agent: of(...AGENTS),
  card: fc.record({
    description: of(null, "Sorts \u{1F600}"),
    capabilities: of<readonly string[]>([], ["triage"], ["triage", "\uFF5E"]),
  }),
});
const endLease = fc.record({
  type: fc.constant("endLease" as const),
  key,
  agent: of(undefined, undefined, ...AGENTS),
  retryInMs: of(0, 10, 50),
  refund: fc.boolean(),
  maxAttempts,
  error: of(undefined, "It is stuck. \u{1F600}"),
});
const systemOnly: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: of(...TOPICS).map((topic) => ({ type: "deleteTopic" as const, topic })) },
  { weight: 4, arbitrary: of(1, 100).map((limit) => ({ type: "sweep" as const, limit })) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("clear" as const),
      limit: of(1, 100),
      from: fc.option(fc.record({ epoch: of(""), head: of(0, 3), key: of("", "b") }), {
        nil: undefined,
      }),
    }),
  },
);

const distinct = (ops: readonly Operation[]): Operation[] => {
  const names = ops.map((op) => ("key" in op ? op.key : "id" in op ? op.id : op));
  return ops.filter((_, i) => names.indexOf(names[i] as string) === i);
};

/** Mostly none, otherwise small enough to be exceeded often. */
const quotas: fc.Arbitrary<Quotas | undefined> = of(
  undefined,
  undefined,
  undefined,
  undefined,
  new Quotas({ tenant: { items: 3 } }),
  new Quotas({ tenant: { bytes: 60 }, agent: { items: 2 } }),
  new Quotas({
    tenant: { writesPerSecond: 30 },
    agent: { bytes: 40 },
    agents: { Bob: { bytes: 9 } },
  }),
  new Quotas({ agent: { items: 4, writesPerSecond: 7 } }),
);

const batch: fc.Arbitrary<Draft> = fc
  .tuple(
    reader,
    fc.array(fc.oneof({ weight: 4, arbitrary: put }, remove, publish, subscribe), {
      minLength: 1,
      maxLength: 4,
    }),
    quotas,
  )
  .map(([actor, ops, kept]) => fixed({ actor, ops: distinct(ops), quotas: kept }));
const single: fc.Arbitrary<Draft> = fc
  .tuple(
    reader,
    fc.oneof(
      { weight: 6, arbitrary: put },
      permit,
      announce,
      retry,
      { weight: 2, arbitrary: subscribe },
      { weight: 6, arbitrary: claim },
    ),
    quotas,
  )
  .map(([actor, op, kept]) => fixed({ actor, ops: [op], quotas: kept }));
const bySystem: fc.Arbitrary<Draft> = systemOnly.map((op) => fixed({ actor: null, ops: [op] }));
const ended: fc.Arbitrary<Draft> = endLease.map((op) => fixed({ actor: null, ops: [op] }));

/** An operation on the last lease granted, or on one before it. */
const leaseUse = fc.record({
  which: of(0, 0, 0, 1, 2),
  type: of("extend" as const, "complete" as const, "handOff" as const, "release" as const),
  result: fc.option(value, { nil: undefined }),
  route: maybeRoute,
  expiry,
  ms: of(0, 10, 50),
  refund: fc.boolean(),
  maxAttempts,
  task,
  error: of(undefined, "It failed. \u{1F600}"),
  more: fc.option(fc.oneof(publish, put), { nil: undefined, freq: 2 }),
});
type LeaseUse = typeof leaseUse extends fc.Arbitrary<infer Use> ? Use : never;

function onLease(use: LeaseUse): Draft {
  const { which, type, result, ms, more, error, refund, ...rest } = use;
  const { route: to, expiry: expires, task: set, maxAttempts: most } = rest;
  return (granted, epoch) => {
    const lease = granted.at(-1 - which) ?? { key: "k", actor: null, position: 1, leaseId: 1 };
    const token = { key: lease.key, position: lease.position, leaseId: lease.leaseId, epoch };
    const op: Operation =
      type === "extend"
        ? { type, ...token, leaseMs: ms + 30 }
        : type === "complete"
          ? { type, ...token, result, route: to, expiry: expires }
          : type === "handOff"
            ? { type, ...token, value: result ?? "0", route: to, expiry: expires, task: set }
            : { type, ...token, retryInMs: ms, refund, maxAttempts: most, error };
    return { actor: lease.actor, ops: more === undefined ? [op] : distinct([op, more]) };
  };
}

const held: fc.Arbitrary<Draft> = leaseUse.map((use) =>
  printedAs(`on a granted lease: ${fc.stringify(use)}`, onLease(use)),
);

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 10, arbitrary: batch },
  { weight: 10, arbitrary: single },
  { weight: 8, arbitrary: held },
  { weight: 2, arbitrary: ended },
  { weight: 1, arbitrary: bySystem },
);

const figure = of(undefined, 0, 2, 5, 30);
const keep = fc.record({ commits: figure, ms: figure });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      type: fc.constant("commit" as const),
      tenant: of(TENANTS[0] as string, TENANTS[0] as string, TENANTS[1] as string),
      drafts: fc.array(draft, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("clock" as const),
      ms: of(1, 1, 5, 5, 30, 30, 200, -40),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("compact" as const),
      tenantId: tenant,
      log: fc.option(keep, { nil: undefined }),
      history: fc.option(keep, { nil: undefined }),
      events: fc.option(fc.record({ count: figure, ms: figure }), { nil: undefined }),
      limit: of(1, 3, 10, 1_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("drop" as const), tenantId: tenant }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("copy" as const), batch: of(3, 1_000) }),
  },
);

/** Long enough for state to grow and to be removed. */
export const stepSequences: fc.Arbitrary<Step[]> = fc.array(step, {
  minLength: 5,
  maxLength: 60,
  size: "max",
});
