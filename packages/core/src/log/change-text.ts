import type { Route } from "../route/route.ts";
import type { ItemRow } from "../storage/item-row.ts";
import type { Change, CorruptChange, KeptChange, LoggedChange, PastSight } from "./change.ts";

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
  stage: ItemRow["stage"],
  createdAt: number,
  updatedAt: number,
  expiresAt: number | null,
  attempts: number,
  readyAt: number | null,
  order: number,
  lease: ItemRow["lease"],
];

/** What the log keeps of a change beside its key and value, as one column of JSON. */
export function toChangeText(change: Change | KeptChange): string {
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
    case "permit":
      return JSON.stringify([change.agent, change.permissions]);
    case "untopic":
      return JSON.stringify(change.topic);
    case "corrupt":
      throw new Error("A damaged change was to be stored.");
  }
}

const NO_LEASE = { holder: null, until: null };

function putText(before: PastSight | null, after: Omit<ItemRow, "value">): PutText {
  const same =
    before !== null && before.owner === after.owner && readsAs(before, after)
      ? before.revision
      : undefined;
  return [
    same ?? (before && sightText(before)),
    sightText(after),
    after.author,
    after.stage,
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

function sightText({ topics, subscribers, global, owner, revision }: PastSight): SightText {
  return [topics, subscribers, global ? 1 : 0, owner, revision];
}

/** What the log keeps of a deletion; when it is damaged, only the system saw the item. */
export function toPastSight(text: string): PastSight {
  try {
    return toSight(JSON.parse(text) as SightText);
  } catch {
    return { topics: [], subscribers: [], global: false, owner: null, revision: 0 };
  }
}

function toSight([topics, subscribers, global, owner, revision]: SightText): PastSight {
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
export function toKeptChange(
  type: CorruptChange["was"],
  key: string | null,
  text: string,
  value: string | null,
): KeptChange {
  if (type === "event") return { type };
  try {
    if (type === "put") return { type, key: key as string, ...toPut(key as string, text, value) };
    return toPlainChange(type, key as string, text);
  } catch {
    return { type: "corrupt", was: type, about: key };
  }
}

/** The same as read back from the log; `current` is who sees the item of a put now. */
export function toLoggedChange(
  type: Exclude<CorruptChange["was"], "event">,
  key: string,
  text: string,
  value: string | null,
  current: PastSight | null,
): LoggedChange {
  try {
    if (type !== "put") return toPlainChange(type, key, text);
    return { type, key, ...toPut(key, text, value), current };
  } catch {
    return { type: "corrupt", was: type, about: key, current };
  }
}

/** A put as it was logged, without who sees the item now. */
function toPut(
  key: string,
  text: string,
  value: string | null,
): Pick<LoggedChange & { type: "put" }, "before" | "after"> {
  const [before, sight, author, stage, createdAt, updatedAt, ...rest] = JSON.parse(text) as PutText;
  const [expiresAt, attempts, readyAt, order, lease] = rest;
  const seen = toSight(sight);
  return {
    before: typeof before === "number" ? { ...seen, revision: before } : before && toSight(before),
    after: {
      key,
      value,
      ...seen,
      author,
      stage,
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
  type: Exclude<LoggedChange["type"], "put" | "event" | "corrupt">,
  key: string,
  text: string,
): Exclude<KeptChange, { type: "put" | "event" | "corrupt" }> {
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
    case "permit": {
      type Permit = LoggedChange & { type: "permit" };
      const [agent, permissions] = JSON.parse(text) as [string, Permit["permissions"]];
      return { type, agent, permissions };
    }
    case "untopic":
      return { type, topic: JSON.parse(text) as string };
  }
}
