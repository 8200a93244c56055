import { SynthaError } from "../error/syntha-error.ts";
import { type ItemRow, isExpired } from "../model/item-row.ts";
import type { Operation } from "../storage/operation.ts";
import type { OpResult, PageRead } from "../storage/outcome.ts";
import { charactersOf, PageSize } from "../storage/page-size.ts";
import { type Draft, refuse } from "./draft.ts";
import { withEndedLease } from "./task.ts";

/** Items, subscriptions and events that a topic may have to be deleted: R7 requires a single commit. */
export const MAX_TOPIC_ENTRIES = 10_000;
/** The characters of its items' values that a topic may have to be deleted. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
const FIRST_PAGE = 100;
const LARGEST_PAGE = 1_000;

/** The items of a topic, in pages that suit their values. */
function* itemsOf({ facts }: Draft, topic: string): Generator<ItemRow> {
  const size = new PageSize(FIRST_PAGE, LARGEST_PAGE);
  for (let after = "", read = 0; ;) {
    const { limit } = size;
    const rows = facts.page({ topic }, after, limit);
    const characters = charactersOf(rows);
    read += characters;
    if (read > MAX_CHARACTERS)
      refuse(
        topicTooLarge(topic, read, MAX_CHARACTERS, "characters of values", DELETE_ITEMS(topic)),
      );
    yield* rows;
    if (rows.length < limit) return;
    after = (rows.at(-1) as ItemRow).key;
    size.note(rows.length, characters);
  }
}

/** R7: ends the subscriptions to a topic, removes it from its items, and deletes items that then have no audience. */
export function decideDeleteTopic(draft: Draft, topic: string): OpResult {
  const { facts, changes, position } = draft;
  const subscribers = facts.subscribers(topic);
  const events = facts.eventsOn(topic, MAX_TOPIC_ENTRIES + 1);
  checkTopicSize(topic, facts.itemsOn(topic), subscribers, events);
  // First, because a watch reads the changed subscriptions of a commit from its first entries.
  changes.push({ type: "topicDeleted", topic });
  let [deleted, kept] = [0, 0];
  for (const row of itemsOf(draft, topic)) {
    if (isExpired(row, facts.now)) {
      changes.push({ type: "expire", before: row });
      continue;
    }
    const topics = row.topics.filter((other) => other !== topic);
    if (topics.length === 0 && row.subscribers.length === 0) {
      changes.push({ type: "delete", before: row });
      deleted++;
      continue;
    }
    const hasEnded = row.lease !== null && row.lease.until <= facts.now;
    const task = hasEnded ? withEndedLease(row) : row.task;
    const readyAt = row.lease === null ? row.readyAt : facts.now;
    changes.push({
      type: "put",
      before: row,
      after: { ...row, topics, revision: position, readyAt, lease: null, task },
    });
    kept++;
  }
  // A topic that only has expired items does not exist.
  if (deleted + kept + subscribers + events === 0) {
    refuse(
      new SynthaError("NOT_FOUND", `There is no topic "${topic}".`, {
        hint: "topics() lists those that there are.",
      }),
    );
  }
  return { type: "deleteTopic", deleted, kept, subscribers };
}

const DELETE_ITEMS = (topic: string): string => {
  const name = JSON.stringify(topic);
  return `Delete items of it first: for (const key of await mesh.system.keys({ topics: [${name}] })) await mesh.system.delete(key). Then deleteTopic does the rest, if it has subscribers or events.`;
};

function checkTopicSize(topic: string, items: number, subscribers: number, events: number): void {
  if (items + subscribers + events <= MAX_TOPIC_ENTRIES) return;
  const name = JSON.stringify(topic);
  const most = Math.max(items, subscribers, events);
  const hint =
    most === items
      ? DELETE_ITEMS(topic)
      : most === subscribers
        ? `End subscriptions to it first: for (const name of await mesh.subscribers(${name})) await mesh.agent(name).unsubscribe([${name}]). Then deleteTopic does the rest, if it has items or events.`
        : "Let the oldest events go first: mesh.compact({ log: { commits: 0 }, events: { count: 1_000 } }) keeps the last 1,000 events of the mesh. Then delete the topic.";
  const size = items + subscribers + events;
  refuse(topicTooLarge(topic, size, MAX_TOPIC_ENTRIES, "items, subscriptions and events", hint));
}

function topicTooLarge(
  topic: string,
  size: number,
  maximum: number,
  what: string,
  hint: string,
): SynthaError {
  return new SynthaError(
    "TOO_LARGE",
    `The topic "${topic}" has more than ${maximum} ${what}, too many to delete in one commit.`,
    { hint, details: { what: `the topic "${topic}"`, size, maximum } },
  );
}

/**
 * Deletes a page of the items that existed in the first step. Later items, subscriptions, permissions, events and the
 * log remain.
 */
export function decideClear(draft: Draft, op: Operation & { type: "clear" }): OpResult {
  const { facts, changes } = draft;
  const from = op.from ?? { epoch: facts.epoch, head: facts.head, key: "" };
  // Dropped since the first step: all items are new.
  if (from.epoch !== facts.epoch)
    return { type: "clear", deleted: 0, read: { rows: 0, characters: 0 }, next: null };
  const rows = facts.page("all", from.key, op.limit);
  let deleted = 0;
  for (const row of rows) {
    if (row.revision > from.head) continue;
    const hasExpired = isExpired(row, facts.now);
    changes.push({ type: hasExpired ? "expire" : "delete", before: row });
    if (!hasExpired) deleted++;
  }
  const last = rows.length < op.limit ? undefined : rows.at(-1);
  return {
    type: "clear",
    deleted,
    read: readOf(rows),
    next: last === undefined ? null : { ...from, key: last.key },
  };
}

/** R8: deletes expired items. */
export function decideSweep(draft: Draft, limit: number): OpResult {
  const rows = draft.facts.expired(limit);
  for (const before of rows) draft.changes.push({ type: "expire", before });
  return { type: "sweep", swept: rows.length, read: readOf(rows) };
}

function readOf(rows: readonly ItemRow[]): PageRead {
  return { rows: rows.length, characters: charactersOf(rows) };
}
