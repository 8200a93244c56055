import * as fc from "fast-check";
import type { JsonValue, RouteInput } from "@syntha/core";
import type { PlannedRetention } from "./retention.ts";
import type { ModelTask } from "./item.ts";
import type { ModelPermissions, Actor } from "./state.ts";

/** Few names, so that random steps meet. Some are names that naive code trips over. */
export const AGENTS = ["Ann", "Bob", "toString"] as const;
export const READERS: readonly Actor[] = [...AGENTS, null];
export const TOPICS = ["t", "u", "constructor"] as const;
/** One id is a prefix of the other. */
export const TENANTS = ["acme-1", "acme-10"] as const;
/** The last two sort differently by code point and by UTF-16 unit. */
export const KEYS = ["a", "ab", "__proto__", "\u{1f600}", "\uff5e"] as const;
const EVENT_IDS = ["e1", "e2", "e3"] as const;
export const EVENT_TYPES = ["made", "sent"] as const;

interface PlannedPush {
  key: string;
  value: JsonValue;
  route: RouteInput;
  ttl: number | "keep" | undefined;
  /** The revision that the writer names: none, 0, the current one, or a wrong one. */
  ifRevision: "none" | "absent" | "current" | "other";
  task: ModelTask;
}

/** An item of a read set: at the revision that the writer sees, or at another. */
export interface PlannedRead {
  key: string;
  is: "current" | "other";
}

export interface PlannedEvent {
  type: string;
  id: string;
  data: JsonValue;
  route: RouteInput;
}

/** One step as data, which prints, shrinks and replays. `tenant` and `handle` are indexes. */
export type Step = { tenant: number; handle: number } & (
  | ({ do: "push"; actor: Actor; reads: PlannedRead[] } & PlannedPush)
  | { do: "pushMany"; actor: Actor; pushes: PlannedPush[]; reads: PlannedRead[] }
  | { do: "update"; actor: Actor; key: string; route: RouteInput }
  | { do: "delete"; actor: Actor; key: string; ifRevision: PlannedPush["ifRevision"] }
  | { do: "subscribe"; actor: string; topics: string[] }
  | { do: "unsubscribe"; actor: string; topics: string[] }
  | { do: "setPermissions"; agent: string; allowed: ModelPermissions | null }
  | { do: "deleteTopic"; topic: string }
  | { do: "clear" }
  | { do: "sweep" }
  | { do: "reopen" }
  /** Moves everything to another storage; `meanwhile` runs while the tenant is copied. */
  | { do: "copy"; batch: number; meanwhile: Step[] }
  | { do: "drop" }
  | ({ do: "publish"; actor: Actor; reads: PlannedRead[] } & PlannedEvent)
  | { do: "moveClock"; ms: number }
  | {
      do: "claim";
      actor: Actor;
      from: { topics: string[]; inbox: boolean } | { key: string };
      lease: number;
      maxAttempts: number | undefined;
    }
  | { do: "extend"; token: number; impostor: Actor | undefined; lease: number }
  | {
      do: "complete";
      token: number;
      impostor: Actor | undefined;
      result: JsonValue | undefined;
      route: RouteInput;
      ttl: number | "keep" | undefined;
      events: PlannedEvent[];
      pushes: PlannedPush[];
      reads: PlannedRead[];
    }
  | {
      do: "handOff";
      token: number;
      impostor: Actor | undefined;
      value: JsonValue;
      route: RouteInput;
      ttl: number | "keep" | undefined;
      task: ModelTask;
      events: PlannedEvent[];
      pushes: PlannedPush[];
      reads: PlannedRead[];
    }
  | { do: "retry"; actor: Actor; key: string }
  | {
      do: "release";
      token: number;
      impostor: Actor | undefined;
      retryIn: number;
      countAttempt: boolean;
      maxAttempts: number | undefined;
      error: string | undefined;
    }
  | {
      do: "endLease";
      key: string;
      /** Only a lease of this agent. */
      agent: string | undefined;
      retryIn: number;
      countAttempt: boolean;
      maxAttempts: number | undefined;
      error: string | undefined;
    }
  | {
      do: "compact";
      log: PlannedRetention | undefined;
      history: PlannedRetention | undefined;
      events: PlannedRetention | undefined;
      /** Entries per step; undefined lets the mesh compact to the end. */
      limit: number | undefined;
    }
  | {
      do: "watch";
      actor: Actor;
      initial: boolean;
      topics: string[] | undefined;
      keys: string[] | undefined;
      prefix: string | undefined;
      types: string[] | undefined;
    }
  /** Resumes a watch from one of its earlier cursors. */
  | { do: "resume"; watch: number; back: number }
);

const agent = fc.constantFrom(...AGENTS);
const reader = fc.constantFrom<Actor>(...AGENTS, null);
const key = fc.constantFrom<string>(...KEYS);
const topic = fc.constantFrom<string>(...TOPICS);
const retention = fc.option(
  fc.record(
    { commits: fc.constantFrom(0, 1, 5), age: fc.constantFrom(0, 50) },
    { requiredKeys: ["commits"] },
  ),
  { nil: undefined, freq: 2 },
);
const someTopics = fc.uniqueArray(topic, { minLength: 1, maxLength: 2 });
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 3, arbitrary: fc.nat(9) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<JsonValue>(
      null,
      "",
      "00123842",
      [],
      {},
      false,
      "\0",
      "\ud800",
      "12345678901234567890",
      JSON.parse('{"b":1,"a":{"__proto__":[2]},"10":3,"9":4}') as JsonValue,
    ),
  },
);

const route: fc.Arbitrary<RouteInput> = fc.oneof(
  { weight: 4, arbitrary: someTopics.map((topics) => ({ topics })) },
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: agent.map((name) => ({ subscribers: [name] })) },
  { weight: 1, arbitrary: fc.record({ topics: someTopics, subscribers: fc.tuple(agent) }) },
  { weight: 1, arbitrary: fc.constant({ global: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<RouteInput>(
      { topics: [] },
      { global: true, topics: ["t"] },
      { global: false },
      { global: false, topics: ["t", "t"] },
    ),
  },
);

const ttl = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.constantFrom(5, 50) },
  { weight: 1, arbitrary: fc.constant("keep" as const) },
);
const ifRevision = fc.oneof(
  { weight: 4, arbitrary: fc.constant("none" as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("absent" as const, "current" as const, "other" as const),
  },
);
const priority = fc.constantFrom(undefined, undefined, undefined, -10, 0, 1, 10);
const delay = fc.constantFrom(undefined, undefined, undefined, undefined, 0, 15);
const dependsOn = fc.option(fc.array(key, { minLength: 1, maxLength: 3 }), {
  nil: undefined,
  freq: 1,
});
const task: fc.Arbitrary<ModelTask> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ priority, delay, dependsOn }) },
);
const reads: fc.Arbitrary<PlannedRead[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<PlannedRead[]>([]) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(
      fc.record({
        key,
        is: fc.constantFrom("current" as const, "current" as const, "other" as const),
      }),
      { minLength: 1, maxLength: 3, selector: (read) => read.key },
    ),
  },
);
const plannedPush = fc.record({ key, value, route, ttl, ifRevision, task });
const eventParts = {
  type: fc.constantFrom<string>(...EVENT_TYPES),
  id: fc.constantFrom<string>(...EVENT_IDS),
  data: value,
  route,
};
const event = fc.record(eventParts);
const topicSet = fc.oneof(
  { weight: 3, arbitrary: fc.subarray<string>([...TOPICS]) },
  { weight: 1, arbitrary: fc.constant("*" as const) },
);
const allowed = fc.record({
  post: topicSet,
  subscribe: topicSet,
  global: fc.boolean(),
  direct: fc.boolean(),
});
const leaseParts = {
  token: fc.nat(3),
  impostor: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, reader),
};
const few = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([]) },
    { weight: 2, arbitrary: fc.array(arbitrary, { maxLength: 2 }) },
  );
const stageParts = {
  route: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: route }),
  ttl,
  events: few(event),
  pushes: few(plannedPush),
  reads,
};
const maxAttempts = some(fc.integer({ min: 1, max: 2 }));
const lease = fc.constantFrom(10, 100);
const releaseParts = {
  retryIn: fc.constantFrom(0, 20),
  countAttempt: fc.boolean(),
  maxAttempts,
  error: some(fc.constantFrom("broken", "")),
};

type Kind = Step["do"];

const STEPS: readonly (readonly [kind: Kind, weight: number, fc.Arbitrary<object>])[] = [
  ["push", 10, fc.record({ actor: reader, key, value, route, ttl, ifRevision, task, reads })],
  [
    "pushMany",
    3,
    fc.record({ actor: reader, pushes: fc.array(plannedPush, { maxLength: 3 }), reads }),
  ],
  ["update", 2, fc.record({ actor: reader, key, route })],
  ["delete", 3, fc.record({ actor: reader, key, ifRevision })],
  ["subscribe", 5, fc.record({ actor: agent, topics: someTopics })],
  ["unsubscribe", 2, fc.record({ actor: agent, topics: someTopics })],
  ["setPermissions", 2, fc.record({ agent, allowed: fc.option(allowed, { freq: 2 }) })],
  ["deleteTopic", 2, fc.record({ topic })],
  ["clear", 1, fc.record({})],
  ["sweep", 2, fc.record({})],
  ["reopen", 1, fc.record({})],
  ["drop", 1, fc.record({})],
  ["publish", 3, fc.record({ actor: reader, ...eventParts, reads })],
  ["moveClock", 4, fc.record({ ms: fc.constantFrom(1, 5, 10, 20, 50, 100, -7, -300) })],
  [
    "claim",
    6,
    fc.record({
      actor: reader,
      from: fc.oneof(
        someTopics.map((topics) => ({ topics, inbox: false })),
        fc.record({ topics: fc.subarray<string>([...TOPICS]), inbox: fc.constant(true) }),
        fc.record({ key }),
      ),
      lease,
      maxAttempts,
    }),
  ],
  ["extend", 2, fc.record({ ...leaseParts, lease })],
  [
    "complete",
    4,
    fc.record({
      ...leaseParts,
      result: some(value),
      ...stageParts,
    }),
  ],
  [
    "handOff",
    3,
    fc.record({
      ...leaseParts,
      value,
      task: fc.oneof(fc.constant({}), fc.record({ priority, delay })),
      ...stageParts,
    }),
  ],
  ["retry", 2, fc.record({ actor: reader, key })],
  ["release", 3, fc.record({ ...leaseParts, ...releaseParts })],
  ["endLease", 1, fc.record({ key, agent: some(agent), ...releaseParts })],
  [
    "compact",
    2,
    fc.record({
      log: retention,
      history: retention,
      events: retention,
      limit: some(fc.constantFrom(1, 3)),
    }),
  ],
  [
    "watch",
    2,
    fc.record({
      actor: reader,
      initial: fc.boolean(),
      topics: some(someTopics),
      keys: some(fc.uniqueArray(key, { minLength: 1, maxLength: 2 })),
      prefix: fc.option(fc.constantFrom("a", "__"), { nil: undefined, freq: 3 }),
      types: fc.option(fc.subarray([...EVENT_TYPES] as string[], { minLength: 1 }), {
        nil: undefined,
        freq: 3,
      }),
    }),
  ],
  ["resume", 6, fc.record({ watch: fc.nat(7), back: fc.nat(12) })],
  [
    "copy",
    2,
    fc.record({ batch: fc.constantFrom(1, 2, 1_000), meanwhile: fc.constant([] as object[]) }),
  ],
];

/** Factors on the weights of steps, one set per plan, so that plans differ in their emphasis. */
const WEIGHTS: readonly Partial<Record<Kind, number>>[] = [
  {},
  {
    claim: 4,
    extend: 4,
    complete: 2,
    handOff: 2,
    retry: 2,
    release: 4,
    moveClock: 2,
    push: 2,
    drop: 0,
    clear: 0,
    setPermissions: 0,
  },
  { push: 2, pushMany: 3, moveClock: 3, sweep: 2, delete: 2, deleteTopic: 2 },
  {
    subscribe: 3,
    unsubscribe: 5,
    deleteTopic: 3,
    setPermissions: 3,
    watch: 3,
    resume: 2,
    compact: 2,
  },
];

const weightedStep = (weights: Partial<Record<Kind, number>>): fc.Arbitrary<object> =>
  fc.oneof(
    ...STEPS.map(([name, weight, arbitrary]) => ({
      weight: weight * (weights[name] ?? 1),
      arbitrary: arbitrary.map((action) => ({ do: name, ...action })),
    })),
  );

/** Factors for steps that run while a tenant is copied. */
const WEIGHTS_DURING_COPY: Partial<Record<Kind, number>> = {
  push: 4,
  deleteTopic: 2,
  reopen: 0,
  drop: 0,
  moveClock: 0,
  watch: 0,
  resume: 0,
  copy: 0,
};

/** Mostly one tenant, so that steps meet; the other one shows that tenants are isolated. */
const weightedPlans = (weights: Partial<Record<Kind, number>>): fc.Arbitrary<Step[]> => {
  const tenant = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constant(1));
  const meanwhile = fc.array(fc.tuple(fc.nat(1), weightedStep(WEIGHTS_DURING_COPY)), {
    maxLength: 8,
  });
  const step = fc
    .tuple(tenant, fc.nat(1), weightedStep(weights), meanwhile)
    .map(([which, handle, action, actions]) => {
      const happening = actions.map(([other, part]) => ({ tenant: which, handle: other, ...part }));
      const isCopy = "do" in action && action.do === "copy";
      return { tenant: which, handle, ...action, ...(isCopy && { meanwhile: happening }) } as Step;
    });
  return fc.array(step, { minLength: 1, maxLength: 40, size: "max" });
};

/** A start with items on a topic that every agent is subscribed to. */
const SETUP: readonly Step[] = [
  ...AGENTS.map((actor): Step => ({ do: "subscribe", tenant: 0, handle: 0, actor, topics: ["t"] })),
  ...KEYS.slice(0, 4).map((name, count): Step => {
    const planned = {
      key: name,
      value: count,
      route: { topics: count < 2 ? ["t"] : ["t", "u"] },
      ttl: undefined,
    };
    return {
      do: "push",
      tenant: 0,
      handle: 0,
      actor: "Ann",
      ...planned,
      ifRevision: "none",
      task: {},
      reads: [],
    };
  }),
];
const setup = fc.oneof(fc.constant([]), fc.subarray([...SETUP], { minLength: SETUP.length - 2 }));

export const plans: fc.Arbitrary<Step[]> = fc
  .tuple(setup, fc.oneof(...WEIGHTS.map(weightedPlans)))
  .map(([before, steps]) => [...before, ...steps]);
