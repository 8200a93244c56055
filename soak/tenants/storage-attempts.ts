import {
  decide,
  type FullStorage,
  inboxBucket,
  type Operation,
  topicBucket,
} from "@syntha/core/storage";
import type { Attempt, AttemptFn } from "./attempt.ts";

/**
 * Every method of a storage that reads or writes one tenant; the type requires all of them. `listTenants` is for
 * operators, and `load` writes its input.
 */
export const STORAGE_ATTEMPTS: Record<
  Exclude<
    keyof FullStorage,
    "traits" | "supports" | "open" | "close" | "onCommit" | "listTenants" | "load"
  >,
  AttemptFn
> = {
  commit: async ({ storage, tenant, known, random }) => {
    const actor = random.pick([null, ...known.agents]);
    const [outcome] = await storage.commit(
      tenant,
      [{ actor, ops: [operation(known, random)] }],
      decide,
    );
    return outcome?.ok ? outcome : outcome?.error;
  },
  get: ({ storage, tenant, known, random }) =>
    storage.get(tenant, random.pick([null, ...known.agents]), known.keys),
  list: ({ storage, tenant, known, random }) =>
    storage.list(tenant, {
      actor: random.pick([null, ...known.agents]),
      limit: random.pick([1, 100]),
      ...random.pick([
        {},
        { topics: [random.pick(known.topics)] },
        { prefix: random.pick(["", "o", "%", "_"]) },
        { author: random.pick(known.agents) },
        { state: random.pick(["open", "claimed", "done"] as const) },
        { after: random.pick(known.keys) },
        { select: random.pick(["headers", "keys"] as const) },
        { updatedAfter: 0 },
      ]),
    }),
  events: ({ storage, tenant, known, random }) =>
    storage.events(tenant, {
      actor: random.pick([null, ...known.agents]),
      limit: 100,
      ...random.pick([{}, { types: ["happened"] }, { after: random.pick(known.places) }]),
    }),
  agents: ({ storage, tenant, known, random }) =>
    storage.agents(
      tenant,
      random.pick([
        { name: random.pick(known.agents) },
        { name: random.pick(known.agents), at: random.below(5) },
        { topic: random.pick(known.topics), limit: 100 },
      ]),
    ),
  topics: ({ storage, tenant, known, random }) =>
    storage.topics(
      tenant,
      random.pick([
        { limit: 100 },
        { limit: 100, prefix: random.pick(["", "t", "%", "_"]) },
        { names: known.topics },
      ]),
    ),
  stats: ({ storage, tenant }) => storage.stats(tenant),
  log: ({ storage, tenant, known, random }) =>
    storage.log(tenant, {
      after: random.pick(["start", "end", random.pick(known.places)] as const),
      limit: 100,
      ...(random.chance(0.5) && { key: random.pick(known.keys) }),
    }),
  dropTenant: ({ storage, tenant }) => storage.dropTenant({ tenantId: tenant }),
  compact: ({ storage, tenant }) =>
    storage.compact({ tenantId: tenant, log: {}, history: {}, events: {}, limit: 1_000 }),
  dump: ({ storage, tenant, known, random }) => {
    const page = { tenantId: tenant, limit: 100 };
    const section = random.pick(["agents", "pastSubscriptions", "items", "events", "log"] as const);
    return storage.dump(
      random.chance(0.2)
        ? { ...page, section: "changes", after: random.pick(known.places) }
        : { ...page, section },
    );
  },
};

function operation(known: Attempt["known"], random: Attempt["random"]): Operation {
  const key = random.pick(known.keys);
  const topic = random.pick(known.topics);
  const agent = random.pick(known.agents);
  const held = { key, epoch: known.epoch, ...known.lease };
  const route = { topics: [topic], subscribers: [], global: false };
  const put = { type: "put", key, value: "0", routeIfNew: undefined, expiry: undefined } as const;
  const claim = { type: "claim", leaseMs: 1_000, leaseId: 1, maxAttempts: undefined } as const;
  const task = { priority: 1, notBefore: undefined, dependsOn: known.keys };
  return random.pick<Operation>([
    { ...put, route, ifRevision: undefined },
    { ...put, route, ifRevision: undefined, task },
    { ...put, route: undefined, ifRevision: undefined },
    { ...put, route, ifRevision: random.below(6) },
    { type: "delete", key, ifRevision: undefined },
    { type: "publish", id: random.pick(known.eventIds), eventType: "x", data: "0", route },
    { type: "subscribe", agent, topics: [topic] },
    { type: "unsubscribe", agent, topics: [topic] },
    { type: "setPermissions", agent, permissions: null },
    { ...claim, from: { key } },
    { ...claim, from: { queues: [topicBucket(topic), inboxBucket(agent)] } },
    { type: "extend", ...held, leaseMs: 1_000 },
    { type: "complete", ...held, result: "0", route: undefined, expiry: undefined },
    { type: "handOff", ...held, value: "0", route, expiry: undefined },
    { type: "retry", key },
    { type: "announce", agent, card: { description: "x", capabilities: [] } },
    { type: "release", ...held, retryInMs: 0, refund: false, maxAttempts: undefined },
    { type: "endLease", key, retryInMs: 0, refund: false, maxAttempts: undefined },
    { type: "deleteTopic", topic },
    { type: "sweep", limit: 100 },
    { type: "clear", limit: 1_000, from: undefined },
  ]);
}
