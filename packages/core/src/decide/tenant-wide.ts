import { SynthaError } from "../error/syntha-error.ts";
import type { Facts } from "../storage/facts.ts";
import { type ItemRow, isExpired } from "../storage/item-row.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";

const PAGE = 1_000;

function* allOf(facts: Facts, of: { readonly topic: string } | "all"): Generator<ItemRow> {
  for (let after = ""; ;) {
    const rows = facts.page(of, after, PAGE);
    yield* rows;
    if (rows.length < PAGE) return;
    after = (rows.at(-1) as ItemRow).key;
  }
}

/** R7: ends the topic's subscriptions, takes it off its items, and deletes those that are then for nobody. */
export function decideDeleteTopic(draft: Draft, topic: string): OpResult {
  const { facts, changes, position } = draft;
  const subscribers = facts.subscribers(topic);
  // Ahead of the items: a watch reads the changed subscriptions of a commit from its first entries.
  changes.push({ type: "untopic", topic });
  let [deleted, kept] = [0, 0];
  for (const row of allOf(facts, { topic })) {
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
    const readyAt = row.lease === null ? row.readyAt : facts.now;
    changes.push({
      type: "put",
      before: row,
      after: { ...row, topics, revision: position, readyAt, lease: null },
    });
    kept++;
  }
  // What has expired is no reason to say that there is such a topic.
  if (deleted + kept + subscribers === 0 && !facts.hasEvents(topic)) {
    refuse(
      new SynthaError("NOT_FOUND", `There is no topic "${topic}".`, {
        hint: "topics() lists those that there are.",
      }),
    );
  }
  return { type: "deleteTopic", deleted, kept, subscribers };
}

/** Deletes every item; subscriptions, permissions, events and the log stay. */
export function decideClear(draft: Draft): OpResult {
  let deleted = 0;
  for (const row of allOf(draft.facts, "all")) {
    const lapsed = isExpired(row, draft.facts.now);
    draft.changes.push({ type: lapsed ? "expire" : "delete", before: row });
    if (!lapsed) deleted++;
  }
  return { type: "clear", deleted };
}

/** R8: removes what has expired, with one `expire` each. */
export function decideSweep(draft: Draft, limit: number): OpResult {
  const rows = draft.facts.expired(limit);
  for (const before of rows) draft.changes.push({ type: "expire", before });
  return { type: "sweep", swept: rows.length };
}
