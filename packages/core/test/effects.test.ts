import { expect, it } from "vitest";
import { type Change, type Effects, effectsOf, type ItemRow } from "@syntha/core/storage";

const TOPICS = ["a", "b"];
const NO_SUBSCRIBERS: string[] = [];

const row = (changes: Partial<ItemRow> = {}): ItemRow => ({
  key: "k",
  value: "1",
  topics: TOPICS,
  subscribers: NO_SUBSCRIBERS,
  global: false,
  owner: "Ann",
  author: "Ann",
  revision: 1,
  state: "open",
  createdAt: 1,
  updatedAt: 1,
  expiresAt: null,
  attempts: 0,
  readyAt: 1,
  order: 1,
  lease: null,
  task: null,
  ...changes,
});

const NO_TASK = { priority: 0, notBefore: null, dependsOn: [], pending: [], lastFailure: null };
const waitingFor = (...pending: string[]): Partial<ItemRow> => ({
  readyAt: null,
  task: { ...NO_TASK, dependsOn: ["x", "y"], pending },
});

const put = (before: ItemRow | null, after: ItemRow): Change => ({ type: "put", before, after });

/** The names of the lists that are not empty, and what they hold of items. */
function summary({ items, counts, ...lists }: Effects): object {
  return {
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    items: items.map(({ leaves, enters, dequeues, enqueues, resolves, awaits }) => ({
      leaves,
      enters,
      dequeues,
      enqueues,
      ...(resolves.length > 0 && { resolves }),
      ...(awaits.length > 0 && { awaits }),
    })),
    counts,
  };
}

const topic = (name: string, items: number, subscribers = 0) => ({ name, items, subscribers });
const use = (agent: string, items: number, bytes: number) => ({ agent, items, bytes });
const NO_COUNTS = { items: 0, bytes: 0, globals: 0, events: 0, topics: [], usage: [] };
const NO_EFFECT = { leaves: [], enters: [], dequeues: [], enqueues: [] };

it.for<[title: string, changes: Change[], expected: object]>([
  [
    "a created item",
    [put(null, row())],
    {
      items: [{ leaves: [], enters: ["ta", "tb", "oAnn"], dequeues: [], enqueues: ["ta", "tb"] }],
      counts: {
        ...NO_COUNTS,
        items: 1,
        bytes: 2,
        topics: [topic("a", 1), topic("b", 1)],
        usage: [use("Ann", 1, 2)],
      },
    },
  ],
  [
    "a longer value with the same route",
    [put(row(), row({ value: "123" }))],
    {
      items: [NO_EFFECT],
      counts: { ...NO_COUNTS, bytes: 2, usage: [use("Ann", 0, 2)] },
    },
  ],
  [
    "a lease",
    [{ type: "lease", before: row(), after: row({ readyAt: 9 }) }],
    {
      items: [{ ...NO_EFFECT, dequeues: ["ta", "tb"], enqueues: ["ta", "tb"] }],
      counts: NO_COUNTS,
    },
  ],
  [
    "another priority",
    [put(row(), row({ task: { ...NO_TASK, priority: 3 } }))],
    {
      items: [{ ...NO_EFFECT, dequeues: ["ta", "tb"], enqueues: ["ta", "tb"] }],
      counts: NO_COUNTS,
    },
  ],
  [
    "an item that also names a subscriber",
    [put(row(), row({ subscribers: ["Bea"] }))],
    {
      items: [{ ...NO_EFFECT, enters: ["sBea"], enqueues: ["sBea"] }],
      counts: {
        ...NO_COUNTS,
        topics: ["a", "b", "a", "b"].map((name, i) => ({
          name,
          items: i < 2 ? -1 : 1,
          subscribers: 0,
        })),
      },
    },
  ],
  [
    "a dependency that is satisfied",
    [put(row(waitingFor("x", "y")), row(waitingFor("y")))],
    { items: [{ ...NO_EFFECT, resolves: ["x"] }], counts: NO_COUNTS },
  ],
  [
    "an item that waits for others",
    [put(null, row({ topics: [], ...waitingFor("x", "y") }))],
    {
      items: [{ ...NO_EFFECT, enters: ["oAnn"], awaits: ["x", "y"] }],
      counts: { ...NO_COUNTS, items: 1, bytes: 2, usage: [{ agent: "Ann", items: 1, bytes: 2 }] },
    },
  ],
  [
    "another route and owner",
    [put(row(), row({ topics: ["b", "c"], owner: "Bea", readyAt: null }))],
    {
      items: [
        { leaves: ["ta", "oAnn"], enters: ["tc", "oBea"], dequeues: ["ta", "tb"], enqueues: [] },
      ],
      counts: {
        ...NO_COUNTS,
        topics: [topic("a", -1), topic("b", -1), topic("b", 1), topic("c", 1)],
        usage: [use("Ann", -1, -2), use("Bea", 1, 2)],
      },
    },
  ],
  [
    "an expired item whose key is created again",
    [
      { type: "expire", before: row() },
      put(null, row({ topics: [], global: true, owner: null, readyAt: null })),
    ],
    {
      expired: ["k"],
      items: [
        { leaves: ["ta", "tb", "oAnn"], enters: ["g"], dequeues: ["ta", "tb"], enqueues: [] },
      ],
      counts: {
        ...NO_COUNTS,
        globals: 1,
        topics: [topic("a", -1), topic("b", -1)],
        usage: [use("Ann", -1, -2)],
      },
    },
  ],
  [
    "permissions that end a subscription",
    [
      { type: "setPermissions", agent: "Ann", permissions: null },
      { type: "unsubscribe", agent: "Ann", topics: ["a"] },
    ],
    {
      permissions: [{ agent: "Ann", permissions: null }],
      subscriptions: [{ agent: "Ann", topic: "a", isSubscribed: false }],
      items: [],
      counts: { ...NO_COUNTS, topics: [topic("a", 0, -1)] },
    },
  ],
  [
    "a deleted topic",
    [
      put(row({ topics: ["a"] }), row({ topics: [], readyAt: 1 })),
      { type: "topicDeleted", topic: "a" },
    ],
    {
      deletedTopics: ["a"],
      items: [{ leaves: ["ta"], enters: [], dequeues: ["ta"], enqueues: [] }],
      counts: { ...NO_COUNTS, topics: [{ name: "a", items: -1, subscribers: 0 }] },
    },
  ],
])("returns the effects of %s", ([, changes, expected]) => {
  expect(summary(effectsOf(changes))).toEqual(expected);
});
