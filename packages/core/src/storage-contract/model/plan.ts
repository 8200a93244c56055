import * as fc from "fast-check";
import type { JsonValue } from "../../json/json.ts";
import type { RouteInput } from "../../route/route.ts";
import type { ModelPermissions, Who } from "./state.ts";

/** Few names, so that what happens at random meets; some of them are traps of their own. */
export const AGENTS = ["Ann", "Bob", "toString"] as const;
export const READERS: readonly Who[] = [...AGENTS, null];
export const TOPICS = ["t", "u", "constructor"] as const;
/** One id is the beginning of the other. */
export const TENANTS = ["acme-1", "acme-10"] as const;
/** In code point order the last two stand the other way round than in JavaScript's own. */
export const KEYS = ["a", "ab", "__proto__", "\u{1f600}", "\uff5e"] as const;
const EVENT_IDS = ["e1", "e2", "e3"] as const;
export const EVENT_TYPES = ["made", "sent"] as const;

export interface PlannedPush {
  key: string;
  value: JsonValue;
  route: RouteInput;
  ttl: number | "keep" | undefined;
  /** Which revision the writer names: none, 0, the one that is there, or one that is not. */
  ifRevision: "none" | "absent" | "current" | "other";
}

export interface PlannedEvent {
  type: string;
  id: string;
  data: JsonValue;
  route: RouteInput;
}

/** One step, as data: it prints, shrinks and replays. `tenant` and `handle` say where, `by` who. */
export type Step = { tenant: number; handle: number } & (
  | ({ do: "push"; by: Who } & PlannedPush)
  | { do: "pushMany"; by: Who; pushes: PlannedPush[] }
  | { do: "update"; by: Who; key: string; route: RouteInput }
  | { do: "delete"; by: Who; key: string; ifRevision: PlannedPush["ifRevision"] }
  | { do: "subscribe"; by: string; topics: string[] }
  | { do: "unsubscribe"; by: string; topics: string[] }
  | { do: "permit"; agent: string; allowed: ModelPermissions | null }
  | { do: "deleteTopic"; topic: string }
  | { do: "clear" }
  | { do: "sweep" }
  | { do: "reopen" }
  | { do: "drop" }
  | ({ do: "publish"; by: Who } & PlannedEvent)
  | { do: "move"; ms: number }
  | {
      do: "claim";
      by: Who;
      from: { topic: string } | { key: string };
      lease: number;
      maxAttempts: number | undefined;
    }
  | { do: "extend"; token: number; thief: Who | undefined; lease: number }
  | {
      do: "complete";
      token: number;
      thief: Who | undefined;
      result: JsonValue | undefined;
      route: RouteInput;
      ttl: number | "keep" | undefined;
      events: PlannedEvent[];
    }
  | {
      do: "release";
      token: number;
      thief: Who | undefined;
      retryIn: number;
      countAttempt: boolean;
      maxAttempts: number | undefined;
    }
  | { do: "compact"; commits: number | undefined; age: number | undefined }
  | {
      do: "watch";
      by: Who;
      initial: boolean;
      topics: string[] | undefined;
      keys: string[] | undefined;
    }
  /** A watch is cut and goes on from one of the places that it told. */
  | { do: "resume"; watch: number; back: number }
);

const agent = fc.constantFrom(...AGENTS);
const reader = fc.constantFrom<Who>(...AGENTS, null);
const key = fc.constantFrom<string>(...KEYS);
const topic = fc.constantFrom<string>(...TOPICS);
const someTopics = fc.uniqueArray(topic, { minLength: 1, maxLength: 2 });
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

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
const planned = fc.record({ key, value, route, ttl, ifRevision });
const event = fc.record({
  type: fc.constantFrom<string>(...EVENT_TYPES),
  id: fc.constantFrom<string>(...EVENT_IDS),
  data: value,
  route,
});
const allowed = fc.record({
  post: fc.subarray<string>([...TOPICS]),
  subscribe: fc.subarray<string>([...TOPICS]),
  global: fc.boolean(),
  direct: fc.boolean(),
});
const held = {
  token: fc.nat(9),
  thief: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, reader),
};
const maxAttempts = some(fc.integer({ min: 1, max: 2 }));
const lease = fc.constantFrom(10, 100);

type Kind = Step["do"];
const kind = <K extends Kind>(name: K): { do: fc.Arbitrary<K> } => ({ do: fc.constant(name) });

const WEIGHTED = [
  [10, fc.record({ ...kind("push"), by: reader, key, value, route, ttl, ifRevision })],
  [3, fc.record({ ...kind("pushMany"), by: reader, pushes: fc.array(planned, { maxLength: 3 }) })],
  [2, fc.record({ ...kind("update"), by: reader, key, route })],
  [3, fc.record({ ...kind("delete"), by: reader, key, ifRevision })],
  [5, fc.record({ ...kind("subscribe"), by: agent, topics: someTopics })],
  [2, fc.record({ ...kind("unsubscribe"), by: agent, topics: someTopics })],
  [2, fc.record({ ...kind("permit"), agent, allowed: fc.option(allowed) })],
  [2, fc.record({ ...kind("deleteTopic"), topic })],
  [1, fc.record(kind("clear"))],
  [2, fc.record(kind("sweep"))],
  [1, fc.record(kind("reopen"))],
  [1, fc.record(kind("drop"))],
  [
    3,
    event
      .map((data) => ({ do: "publish" as const, ...data }))
      .chain((data) => reader.map((by) => ({ ...data, by }))),
  ],
  [4, fc.record({ ...kind("move"), ms: fc.constantFrom(1, 6, 60, 200, -7, -300) })],
  [
    6,
    fc.record({
      ...kind("claim"),
      by: reader,
      from: fc.oneof(fc.record({ topic }), fc.record({ key })),
      lease,
      maxAttempts,
    }),
  ],
  [2, fc.record({ ...kind("extend"), ...held, lease })],
  [
    4,
    fc.record({
      ...kind("complete"),
      ...held,
      result: some(value),
      route: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: route }),
      ttl,
      events: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.array(event, { maxLength: 2 }) },
      ),
    }),
  ],
  [
    3,
    fc.record({
      ...kind("release"),
      ...held,
      retryIn: fc.constantFrom(0, 20),
      countAttempt: fc.boolean(),
      maxAttempts,
    }),
  ],
  [
    1,
    fc.record({
      ...kind("compact"),
      commits: fc.constantFrom(0, 1, 5),
      age: some(fc.constantFrom(0, 50)),
    }),
  ],
  [
    2,
    fc.record({
      ...kind("watch"),
      by: reader,
      initial: fc.boolean(),
      topics: some(someTopics),
      keys: some(fc.uniqueArray(key, { minLength: 1, maxLength: 2 })),
    }),
  ],
  [6, fc.record({ ...kind("resume"), watch: fc.nat(7), back: fc.nat(12) })],
] as const;

const what = fc.oneof(
  ...WEIGHTED.map(([weight, arbitrary]) => ({
    weight,
    arbitrary: arbitrary as fc.Arbitrary<object>,
  })),
);

/** Mostly one tenant, so that its things meet; the other one shows that nothing crosses over. */
const step = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constant(1)), fc.nat(1), what)
  .map(([tenant, handle, action]) => ({ tenant, handle, ...action }) as Step);

export const plans: fc.Arbitrary<Step[]> = fc.array(step, {
  minLength: 1,
  maxLength: 40,
  size: "max",
});
