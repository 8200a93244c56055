import { setTimeout as sleep } from "node:timers/promises";
import type { AgentContext, ContextMesh, LeaseHandle, SystemContext } from "@syntha/core";
import type { Attempt, AttemptFn } from "./attempt.ts";

const agentOf = ({ mesh, known, random }: Attempt): AgentContext =>
  random.chance(0.3) ? mesh.system : mesh.agent(random.pick(known.agents));
const keyOf = ({ known, random }: Attempt): string => random.pick(known.keys);
const topicOf = ({ known, random }: Attempt): string => random.pick(known.topics);

/** Every method of an agent; the type requires all of them. */
export const AGENT_ATTEMPTS: Record<
  Exclude<keyof AgentContext, "mesh" | "name" | "tenantId" | "isSystem" | "lease">,
  AttemptFn
> = {
  push: (attempt) => {
    const routes = [{}, { topics: [topicOf(attempt)] }, { global: true }];
    const ifRevision = attempt.random.pick([undefined, 0, 1, 3]);
    return agentOf(attempt).push(keyOf(attempt), 0, { ...attempt.random.pick(routes), ifRevision });
  },
  pushMany: (attempt) =>
    agentOf(attempt).pushMany(
      attempt.known.keys.map((key) => ({ key, value: 0, topics: [topicOf(attempt)] })),
    ),
  update: (attempt) =>
    agentOf(attempt).update(keyOf(attempt), (old) => [old ?? null], { global: true }),
  merge: (attempt) => agentOf(attempt).merge(keyOf(attempt), { a: 0 }, { global: true }),
  append: (attempt) => agentOf(attempt).append(keyOf(attempt), 0, { global: true }),
  increment: (attempt) => agentOf(attempt).increment(keyOf(attempt), 1, { global: true }),
  get: (attempt) => agentOf(attempt).get(keyOf(attempt)),
  getItem: (attempt) => agentOf(attempt).getItem(keyOf(attempt)),
  getItems: (attempt) => agentOf(attempt).getItems(attempt.known.keys),
  getMany: (attempt) => agentOf(attempt).getMany(attempt.known.keys),
  getAll: (attempt) => agentOf(attempt).getAll(filter(attempt)),
  keys: (attempt) => agentOf(attempt).keys(filter(attempt)),
  keysByTopic: (attempt) => agentOf(attempt).keysByTopic(),
  list: (attempt) => agentOf(attempt).list(filter(attempt)),
  delete: (attempt) => agentOf(attempt).delete(keyOf(attempt)),
  deleteMany: (attempt) => agentOf(attempt).deleteMany(attempt.known.keys),
  subscribe: (attempt) => agentOf(attempt).subscribe([topicOf(attempt)]),
  unsubscribe: (attempt) => agentOf(attempt).unsubscribe([topicOf(attempt)]),
  subscriptions: (attempt) => agentOf(attempt).subscriptions(),
  topics: (attempt) => agentOf(attempt).topics(),
  announce: (attempt) => agentOf(attempt).announce({ capabilities: [topicOf(attempt)] }),
  agents: (attempt) => agentOf(attempt).agents(),
  waitFor: (attempt) => agentOf(attempt).waitFor(keyOf(attempt), { timeout: 0 }),
  ask: (attempt) =>
    agentOf(attempt).ask(attempt.random.pick(attempt.known.agents), 0, { timeout: 1 }),
  can: (attempt) => agentOf(attempt).can({ post: [topicOf(attempt)] }),
  watch: async (attempt) => {
    const { known, random } = attempt;
    const since = random.chance(0.6) ? random.pick(known.cursors) : undefined;
    const agent = agentOf(attempt);
    const changes: unknown[] = [];
    // The feed may neither emit a change nor fail, so it has a time limit.
    const signal = AbortSignal.timeout(1_000);
    const from = since === undefined ? { initial: true } : { since };
    for await (const change of agent.watch({ ...from, signal })) {
      changes.push(change);
      if (change.type === "ready") break;
    }
    return changes;
  },
  changes: async (attempt) => {
    const { known, random } = attempt;
    const since = random.chance(0.6) ? random.pick(known.cursors) : undefined;
    // Leaves out the time of the read.
    const { at: _, ...page } = await agentOf(attempt).changes({ since });
    return page;
  },
  claim: (attempt) =>
    agentOf(attempt)
      .claim(
        attempt.random.pick([
          { key: keyOf(attempt) },
          { topic: topicOf(attempt) },
          { topics: attempt.known.topics, inbox: true },
        ]),
      )
      .then((lease) => lease && { item: lease.item, token: lease.token }),
  work: async (attempt) => {
    const handled: unknown[] = [];
    const abort = new AbortController();
    const agent = agentOf(attempt);
    const working = agent.work(topicOf(attempt), (item) => void handled.push(item), {
      signal: abort.signal,
    });
    // An agent without a subscription is rejected, however long that takes; the system only polls.
    const limitMs = agent.isSystem ? 20 : 5_000;
    await Promise.race([working.catch(() => undefined), sleep(limitMs, undefined, { ref: false })]);
    abort.abort();
    await working;
    return handled;
  },
  publish: (attempt) =>
    agentOf(attempt).publish("x", 0, {
      id: attempt.random.pick(attempt.known.eventIds),
      topics: [topicOf(attempt)],
    }),
  events: (attempt) => {
    const { known, random } = attempt;
    const since = random.chance(0.5) ? random.pick(known.cursors) : undefined;
    return agentOf(attempt).events(since === undefined ? {} : { since });
  },
  retry: (attempt) => agentOf(attempt).retry(keyOf(attempt)),
  explain: (attempt) => agentOf(attempt).explain(keyOf(attempt)),
};

/** Every method of a lease, with a token of the other tenant. */
export const LEASE_ATTEMPTS: Record<
  Exclude<keyof LeaseHandle, "key" | "token" | "settled">,
  AttemptFn
> = {
  extend: (attempt) => leaseOf(attempt).extend("1m"),
  complete: (attempt) => leaseOf(attempt).complete(attempt.random.pick([undefined, 0])),
  handOff: (attempt) => leaseOf(attempt).handOff(0, { topics: [topicOf(attempt)] }),
  release: (attempt) => leaseOf(attempt).release(),
};

export const SYSTEM_ATTEMPTS: Record<
  Exclude<keyof SystemContext, keyof AgentContext>,
  AttemptFn
> & {
  readonly explain: AttemptFn;
} = {
  explain: (attempt) =>
    attempt.mesh.system.explain(attempt.random.pick(attempt.known.agents), keyOf(attempt)),
  explainMany: ({ mesh, known, random }) =>
    mesh.system.explainMany(random.pick(known.agents), known.keys),
  audience: (attempt) => attempt.mesh.system.audience(keyOf(attempt)),
  log: async ({ mesh, known, random }) => {
    const after = random.pick([undefined, 1, ...known.cursors]);
    // Leaves out the time of the read.
    const { at: _, ...page } = await mesh.system.log({ after });
    return page;
  },
  leases: async ({ mesh }) => (await mesh.system.leases()).leases,
  release: (attempt) => attempt.mesh.system.release(keyOf(attempt)),
  history: (attempt) => attempt.mesh.system.history(keyOf(attempt)),
  restore: (attempt) => attempt.mesh.system.restore(keyOf(attempt), attempt.random.pick([1, 2, 3])),
};

/** Every method of a mesh; the type requires all of them. */
export const MESH_ATTEMPTS: Record<
  Exclude<
    keyof ContextMesh & string,
    "system" | "tenantId" | "limits" | "storageTraits" | "agent" | "close"
  >,
  AttemptFn
> = {
  agents: ({ mesh }) => mesh.agents(),
  topics: ({ mesh }) => mesh.topics(),
  subscribers: (attempt) => attempt.mesh.subscribers(topicOf(attempt)),
  deleteTopic: (attempt) => attempt.mesh.deleteTopic(topicOf(attempt)),
  setPermissions: ({ mesh, known, random }) =>
    mesh.setPermissions(random.pick(known.agents), random.pick([null, { post: [] }])),
  permissions: ({ mesh, known, random }) => mesh.permissions(random.pick(known.agents)),
  stats: ({ mesh }) => mesh.stats(),
  at: async ({ mesh, random }) => (await mesh.at(random.pick([0, 1, 2]))).system.getAll(),
  sweep: ({ mesh }) => mesh.sweep(),
  clear: ({ mesh }) => mesh.clear(),
  compact: ({ mesh }) => mesh.compact({ log: { commits: 0 }, events: { count: 0 } }),
};

export const REGISTRY_ATTEMPTS: Record<"drop" | "stats" | "release", AttemptFn> = {
  drop: ({ registry, tenant }) => registry.drop(tenant),
  stats: ({ registry, tenant }) => registry.stats(tenant),
  release: ({ registry, tenant }) => registry.release(tenant),
};

function leaseOf(attempt: Attempt): LeaseHandle {
  const { mesh, known, random } = attempt;
  const agent = random.chance(0.2) ? mesh.system : mesh.agent(random.pick(known.agents));
  return agent.lease(keyOf(attempt), random.pick(known.tokens));
}

function filter(attempt: Attempt): { topics?: string[]; prefix?: string } {
  return attempt.random.pick([
    {},
    { topics: [topicOf(attempt)] },
    { prefix: attempt.random.pick(["o", "%", "_", ""]) },
  ]);
}
