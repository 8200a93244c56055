import type { Route } from "../route/route.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Permissions } from "../model/permissions.ts";
import type { Change, CorruptChange, PriorAudience, StoredChange } from "./change.ts";

type SightText = [
  topics: readonly string[],
  subscribers: readonly string[],
  global: 0 | 1,
  owner: string | null,
  revision: number,
];

/** Who saw it before: nobody, the same as after with only another revision, or others. */
type BeforeText = null | number | SightText;

type PutText = [
  before: BeforeText,
  after: SightText,
  author: string | null,
  stage: ItemRow["state"],
  createdAt: number,
  updatedAt: number,
  expiresAt: number | null,
  attempts: number,
  readyAt: number | null,
  order: number,
  lease: ItemRow["lease"],
];

/** What the log keeps of a change beside its key and value, as one column of JSON. */
export function toChangeText(change: Change | StoredChange): string {
  switch (change.type) {
    case "put":
      return JSON.stringify(putText(change.before, change.after));
    case "delete":
    case "expire":
      return JSON.stringify(sightText(change.before));
    case "lease": {
      const { holder, until } = "after" in change ? (change.after.lease ?? NO_LEASE) : change;
      return JSON.stringify([holder, until]);
    }
    case "event":
      return "";
    case "subscribe":
    case "unsubscribe":
      return JSON.stringify([change.agent, change.topics]);
    case "setPermissions":
      return JSON.stringify([change.agent, change.permissions]);
    case "topicDeleted":
      return JSON.stringify(change.topic);
    case "corrupt":
      throw new Error("A damaged change was to be stored.");
  }
}

const NO_LEASE = { holder: null, until: null };

function putText(before: PriorAudience | null, after: Omit<ItemRow, "value">): PutText {
  const same =
    before !== null && before.owner === after.owner && readsAs(before, after)
      ? before.revision
      : undefined;
  return [
    same ?? (before && sightText(before)),
    sightText(after),
    after.author,
    after.state,
    after.createdAt,
    after.updatedAt,
    after.expiresAt,
    after.attempts,
    after.readyAt,
    after.order,
    after.lease,
  ];
}

/** Whether a route reads back as the other: its lists in the same order too. */
function readsAs(a: Route, b: Route): boolean {
  return (
    a.global === b.global && sameList(a.topics, b.topics) && sameList(a.subscribers, b.subscribers)
  );
}

/** By identity first: a decision that keeps a route keeps its very lists. */
function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
}

function sightText({ topics, subscribers, global, owner, revision }: PriorAudience): SightText {
  return [topics, subscribers, global ? 1 : 0, owner, revision];
}

/** What the log keeps of a deletion; when it is damaged, only the system saw the item. */
export function parsePriorAudience(text: string): PriorAudience {
  try {
    return toSight(JSON.parse(text) as SightText);
  } catch {
    return { topics: [], subscribers: [], global: false, owner: null, revision: 0 };
  }
}

function toSight([topics, subscribers, global, owner, revision]: SightText): PriorAudience {
  return {
    topics: listOf(topics),
    subscribers: listOf(subscribers),
    global: global === 1,
    owner,
    revision,
  };
}

function listOf(names: readonly string[]): readonly string[] {
  if (!Array.isArray(names)) throw new TypeError("This is not a list of names.");
  return names;
}

/** A change as the log keeps it, from its columns; of an event, which is stored elsewhere, only the type. */
export function parseStoredChange(
  type: CorruptChange["was"],
  key: string | null,
  text: string,
  value: string | null,
): StoredChange {
  if (type === "event") return { type };
  try {
    if (type === "put") return { type, key: key as string, ...toPut(key as string, text, value) };
    return toPlainChange(type, key as string, text);
  } catch {
    return { type: "corrupt", was: type, about: key };
  }
}

/** A put as it was logged, without who sees the item now. */
function toPut(
  key: string,
  text: string,
  value: string | null,
): Pick<StoredChange & { type: "put" }, "before" | "after"> {
  const [before, sight, author, state, createdAt, updatedAt, ...rest] = JSON.parse(text) as PutText;
  const [expiresAt, attempts, readyAt, order, lease] = rest;
  const seen = toSight(sight);
  return {
    before: typeof before === "number" ? { ...seen, revision: before } : before && toSight(before),
    after: {
      key,
      value,
      ...seen,
      author,
      state,
      createdAt,
      updatedAt,
      expiresAt,
      attempts,
      readyAt,
      order,
      lease,
    },
  };
}

/** A change that stands in its text alone. */
function toPlainChange(
  type: Exclude<CorruptChange["was"], "put" | "event">,
  key: string,
  text: string,
): Exclude<StoredChange, { type: "put" | "event" | "corrupt" }> {
  switch (type) {
    case "delete":
    case "expire":
      return { type, key, before: toSight(JSON.parse(text) as SightText) };
    case "lease": {
      const [holder, until] = JSON.parse(text) as [string | null, number | null];
      return { type, key, holder, until };
    }
    case "subscribe":
    case "unsubscribe": {
      const [agent, topics] = JSON.parse(text) as [string, string[]];
      return { type, agent, topics: listOf(topics) };
    }
    case "setPermissions": {
      const [agent, permissions] = JSON.parse(text) as [string, Permissions | null];
      return { type, agent, permissions };
    }
    case "topicDeleted":
      return { type, topic: JSON.parse(text) as string };
  }
}
