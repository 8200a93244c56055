import { SynthaError } from "../error/syntha-error.ts";
import type { ClaimOperation } from "../storage/operation.ts";
import { type ItemRow, isExpired, stateOf } from "../model/item-row.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";

/** Ready rows that one claim reads at most: expired and failed ones are removed from the queue on the way. */
const MOST_LOOKED_AT = 1_000;

/** R13: grants a lease on one item, or on the oldest ready item of a topic. */
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
  const { topic } = op.from;
  if (draft.actor !== null && !facts.isSubscribed(draft.actor, topic))
    refuse(notSubscribed(draft.actor, topic));
  for (let skip = 0, size = 1; skip < MOST_LOOKED_AT; skip += size, size = Math.min(size * 4, 64)) {
    const rows = facts.ready(topic, skip, size);
    for (const row of rows) {
      if (isExpired(row, facts.now)) {
        draft.changes.push({ type: "expire", before: row });
        continue;
      }
      const granted = grantOrPark(draft, row, op);
      if (granted !== undefined) return { type: "claim", row: granted, readyInMs: null };
    }
    if (rows.length < size) break;
  }
  const next = facts.nextReadyAt(topic);
  return {
    type: "claim",
    row: undefined,
    readyInMs: next === null ? null : Math.max(0, next - facts.now),
  };
}

function grantOrPark(draft: Draft, row: ItemRow, op: ClaimOperation): ItemRow | undefined {
  if (op.maxAttempts !== undefined && row.attempts >= op.maxAttempts) {
    draft.changes.push({ type: "put", before: row, after: parked(row, draft.position) });
    return undefined;
  }
  const until = draft.facts.now + op.leaseMs;
  const after: ItemRow = {
    ...row,
    attempts: row.attempts + 1,
    readyAt: until,
    lease: { holder: draft.actor, position: draft.position, leaseId: op.leaseId, until },
  };
  draft.changes.push({ type: "lease", before: row, after });
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

function notSubscribed(agent: string, topic: string): SynthaError {
  return new SynthaError(
    "FORBIDDEN",
    `${agent} is not subscribed to "${topic}", so it can't claim from it.`,
    {
      hint: `Subscribe to "${topic}" first.`,
      details: { topics: [topic] },
    },
  );
}
