import { SynthaError } from "../error/syntha-error.ts";
import type { ClaimOperation } from "../storage/operation.ts";
import { byQueueOrder } from "../model/queue-order.ts";
import { type ItemRow, isExpired, stateOf } from "../model/item-row.ts";
import { type QueueBucket, topicsOf } from "../route/audience-bucket.ts";
import type { Facts } from "../storage/facts.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";
import { withEndedLease } from "./task.ts";

/** Ready rows that one claim reads at most: expired and failed ones are removed from the queue on the way. */
const MOST_LOOKED_AT = 1_000;

/** R13, R18: grants a lease on one item, or on the first ready item of some queues. */
export function decideClaim(draft: Draft, op: ClaimOperation): OpResult {
  const { facts } = draft;
  if ("key" in op.from) {
    const row = draft.visibleItem(op.from.key);
    const ready = row !== undefined && row.readyAt !== null && row.readyAt <= facts.now;
    return {
      type: "claim",
      row: ready ? grantOrPark(draft, row, op) : undefined,
      readyInMs: waitFor(row, facts.now),
    };
  }
  const { queues } = op.from;
  checkSubscribed(draft, queues);
  let lookedAt = 0;
  for (const row of readyRows(facts, queues)) {
    if (isExpired(row, facts.now)) {
      draft.changes.push({ type: "expire", before: row });
    } else {
      const granted = grantOrPark(draft, row, op);
      if (granted !== undefined) return { type: "claim", row: granted, readyInMs: null };
    }
    // These are gone now, and others may follow that are ready.
    if (++lookedAt >= MOST_LOOKED_AT) return { type: "claim", row: undefined, readyInMs: 0 };
  }
  const times = queues.map((queue) => facts.nextReadyAt(queue)).filter((time) => time !== null);
  return {
    type: "claim",
    row: undefined,
    readyInMs: times.length === 0 ? null : Math.max(0, Math.min(...times) - facts.now),
  };
}

function checkSubscribed({ actor, facts }: Draft, queues: readonly QueueBucket[]): void {
  if (actor === null) return;
  const topics = topicsOf(queues).filter((topic) => !facts.isSubscribed(actor, topic));
  if (topics.length > 0) refuse(notSubscribed(actor, topics));
}

/** Ready rows of all these queues in the order in which they are claimed, each once. */
function* readyRows(facts: Facts, queues: readonly QueueBucket[]): Generator<ItemRow> {
  const [first] = queues;
  if (queues.length === 1 && first !== undefined) return yield* readyRowsOf(facts, first);
  const seen = new Set<string>();
  const heads = queues.flatMap((queue) => {
    const rows = readyRowsOf(facts, queue);
    const { value: row } = rows.next();
    return row ? [{ rows, row }] : [];
  });
  for (;;) {
    const [best] = heads.sort((a, b) => byQueueOrder(a.row, b.row));
    if (best === undefined) return;
    if (!seen.has(best.row.key)) {
      seen.add(best.row.key);
      yield best.row;
    }
    const { value: row } = best.rows.next();
    if (row) best.row = row;
    else heads.shift();
  }
}

/** Reads few rows at first: the first one is usually granted. */
function* readyRowsOf(facts: Facts, queue: QueueBucket): Generator<ItemRow, undefined> {
  for (let skip = 0, size = 1; ; skip += size, size = Math.min(size * 4, 64)) {
    const rows = facts.ready(queue, skip, size);
    yield* rows;
    if (rows.length < size) return;
  }
}

function grantOrPark(draft: Draft, before: ItemRow, op: ClaimOperation): ItemRow | undefined {
  const row = { ...before, task: withEndedLease(before) };
  if (op.maxAttempts !== undefined && row.attempts >= op.maxAttempts) {
    draft.changes.push({ type: "put", before, after: parked(row, draft.position) });
    return undefined;
  }
  const until = draft.facts.now + op.leaseMs;
  const after: ItemRow = {
    ...row,
    attempts: row.attempts + 1,
    readyAt: until,
    lease: { holder: draft.actor, position: draft.position, leaseId: op.leaseId, until },
  };
  draft.changes.push({ type: "lease", before, after });
  return after;
}

/** An item that has failed: it cannot be claimed until it is pushed again. */
export function parked(row: ItemRow, position: number): ItemRow {
  return { ...row, state: "failed", revision: position, readyAt: null, lease: null };
}

function waitFor(row: ItemRow | undefined, now: number): number | null {
  if (row === undefined || row.readyAt === null) return null;
  return stateOf(row, now) === "open" && row.readyAt <= now ? null : Math.max(0, row.readyAt - now);
}

function notSubscribed(agent: string, topics: readonly string[]): SynthaError {
  const names = topics.map((topic) => `"${topic}"`).join(", ");
  return new SynthaError(
    "FORBIDDEN",
    `${agent} is not subscribed to ${names}, so it can't claim from ${topics.length === 1 ? "it" : "them"}.`,
    { hint: `Subscribe to ${names} first.`, details: { topics } },
  );
}
