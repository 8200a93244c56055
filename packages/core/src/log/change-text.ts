import type { Route } from "../route/route.ts";
import type { AgentCard } from "../model/agent-card.ts";
import type { ItemRow } from "../model/item-row.ts";
import { isWholeTask } from "../model/task-row.ts";
import type { Permissions } from "../model/permissions.ts";
import type { Change, CorruptChange, PriorAudience, StoredChange } from "./change.ts";

type AudienceText = [
  topics: readonly string[],
  subscribers: readonly string[],
  global: 0 | 1,
  owner: string | null,
  revision: number,
];

/** Who saw the item before: no one (null), the same audience at another revision (number), or another audience. */
type PriorAudienceText = null | number | AudienceText;

type PutText = [
  before: PriorAudienceText,
  after: AudienceText,
  author: string | null,
  stage: ItemRow["state"],
  createdAt: number,
  updatedAt: number,
  expiresAt: number | null,
  attempts: number,
  readyAt: number | null,
  order: number,
  lease: ItemRow["lease"],
  /** Left out if it is null. */
  task?: ItemRow["task"],
];

/** What the log stores of a change besides its key and value, as one column of JSON. */
export function toChangeText(change: Change | StoredChange): string {
  switch (change.type) {
    case "put":
      return JSON.stringify(putText(change.before, change.after));
    case "delete":
    case "expire":
      return JSON.stringify(audienceText(change.before));
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
    case "announce":
      return JSON.stringify([change.agent, change.card]);
    case "topicDeleted":
      return JSON.stringify(change.topic);
    case "corrupt":
      throw new Error("A damaged change was to be stored.");
  }
}

const NO_LEASE = { holder: null, until: null };

function putText(before: PriorAudience | null, after: Omit<ItemRow, "value">): PutText {
  const same =
    before !== null && before.owner === after.owner && isSameText(before, after)
      ? before.revision
      : undefined;
  const text: PutText = [
    same ?? (before && audienceText(before)),
    audienceText(after),
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
  if (after.task !== null) text.push(after.task);
  return text;
}

/** Whether two routes have the same text, including the order of their lists. */
function isSameText(a: Route, b: Route): boolean {
  return (
    a.global === b.global && sameList(a.topics, b.topics) && sameList(a.subscribers, b.subscribers)
  );
}

/** Compares by identity first: a decision that keeps a route keeps its lists. */
function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
}

function audienceText({
  topics,
  subscribers,
  global,
  owner,
  revision,
}: PriorAudience): AudienceText {
  return [topics, subscribers, global ? 1 : 0, owner, revision];
}

/** Parses the stored detail of a deletion. If it is damaged, the audience is the system alone. */
export function parsePriorAudience(text: string): PriorAudience {
  try {
    return toAudience(JSON.parse(text) as AudienceText);
  } catch {
    return { topics: [], subscribers: [], global: false, owner: null, revision: 0 };
  }
}

function toAudience([topics, subscribers, global, owner, revision]: AudienceText): PriorAudience {
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

/** Parses a change from its columns. An event is stored in its own table. */
export function parseStoredChange(
  type: CorruptChange["was"],
  key: string | null,
  text: string,
  value: string | null,
): StoredChange {
  if (type === "event") return { type };
  try {
    if (type === "put") return parsePut(key as string, text, value);
    return parseDetail(type, key as string, text);
  } catch {
    return { type: "corrupt", was: TYPES.has(type) ? type : anyType(key), about: key };
  }
}

const TYPES: ReadonlySet<string> = new Set<CorruptChange["was"]>([
  "put",
  "delete",
  "expire",
  "lease",
  "subscribe",
  "unsubscribe",
  "setPermissions",
  "announce",
  "topicDeleted",
  "event",
]);

/** For a change whose type is damaged: the one of which a watch has to expect most. */
const anyType = (key: string | null): CorruptChange["was"] => (key === null ? "subscribe" : "put");

/** Parses a put. Logs consist mostly of puts: it builds the row at once, and copies nothing. */
function parsePut(
  key: string,
  text: string,
  value: string | null,
): Extract<StoredChange, { type: "put" }> {
  const parts = JSON.parse(text) as PutText;
  const [before] = parts;
  const audience = toAudience(parts[1]);
  const task = parts[11] ?? null;
  if (task !== null && !isWholeTask(task)) throw new TypeError("This is no task.");
  return {
    type: "put",
    key,
    before:
      typeof before === "number" ? { ...audience, revision: before } : before && toAudience(before),
    after: {
      key,
      value,
      topics: audience.topics,
      subscribers: audience.subscribers,
      global: audience.global,
      owner: audience.owner,
      revision: audience.revision,
      author: parts[2],
      state: parts[3],
      createdAt: parts[4],
      updatedAt: parts[5],
      expiresAt: parts[6],
      attempts: parts[7],
      readyAt: parts[8],
      order: parts[9],
      lease: parts[10],
      task,
    },
  };
}

/** Parses a change whose detail is all of it. */
function parseDetail(
  type: Exclude<CorruptChange["was"], "put" | "event">,
  key: string,
  text: string,
): Exclude<StoredChange, { type: "put" | "event" | "corrupt" }> {
  switch (type) {
    case "delete":
    case "expire":
      return { type, key, before: toAudience(JSON.parse(text) as AudienceText) };
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
    case "announce": {
      const [agent, card] = JSON.parse(text) as [string, AgentCard];
      return { type, agent, card };
    }
    case "topicDeleted":
      return { type, topic: JSON.parse(text) as string };
    default:
      throw new TypeError(`There is no change of type ${type as string}.`);
  }
}
