import { staleToken } from "../log/fencing-token.ts";
import type {
  CompleteOperation,
  ExtendOperation,
  HandOffOperation,
  LeaseOperation,
  ReleaseOperation,
} from "../storage/operation.ts";
import type { ItemRow, LeaseRow } from "../model/item-row.ts";
import type { TaskRow } from "../model/task-row.ts";
import { sameRoute } from "../route/route.ts";
import type { OpResult } from "../storage/outcome.ts";
import { parked } from "./claim.ts";
import { type Draft, REACHES_ALL, refuse } from "./draft.ts";
import { checkPosting } from "./posting.ts";
import { expiresAt, routing } from "./put.ts";
import { handedOffTask, readableTask, readyAtOf, withFailure } from "./task.ts";

/** The item whose current lease has this token. All other tokens are rejected alike (R13). */
function heldItem(draft: Draft, op: LeaseOperation): ItemRow & { lease: LeaseRow } {
  const row = draft.liveItem(op.key);
  const lease = row?.lease;
  const holds =
    lease !== undefined &&
    lease !== null &&
    op.epoch === draft.facts.epoch &&
    lease.position === op.position &&
    lease.leaseId === op.leaseId &&
    lease.holder === draft.actor &&
    lease.until > draft.facts.now;
  if (!holds) refuse(staleToken(op.key));
  return row as ItemRow & { lease: LeaseRow };
}

/** Moves the end of a lease. No reader sees it, so it is not logged. */
export function decideExtend(draft: Draft, op: ExtendOperation): OpResult {
  const row = heldItem(draft, op);
  const until = draft.facts.now + op.leaseMs;
  const after = { ...row, readyAt: until, lease: { ...row.lease, until } };
  draft.unlogged.push({ before: row, after });
  return { type: "extend", until };
}

/** Deletes the item, or replaces it and marks it done. The holder may change its route. */
export function decideComplete(draft: Draft, op: CompleteOperation): OpResult {
  const row = heldItem(draft, op);
  if (op.result === undefined) {
    draft.changes.push({ type: "delete", before: row });
    return { type: "complete", revision: undefined, ...REACHES_ALL };
  }
  const { route, owner } = routing(draft, op.key, op.route, row, true);
  checkPosting(draft, route);
  const after: ItemRow = {
    ...row,
    value: op.result,
    topics: route.topics,
    subscribers: route.subscribers,
    global: route.global,
    owner,
    author: draft.actor,
    revision: draft.position,
    state: "done",
    updatedAt: draft.facts.now,
    expiresAt: expiresAt(op.expiry, row, draft.facts.now),
    readyAt: null,
    lease: null,
    task: withFailure(readableTask(row), null),
  };
  draft.changes.push({ type: "put", before: row, after });
  return {
    type: "complete",
    revision: after.revision,
    ...draft.unreached(route, op.route !== undefined),
  };
}

/** R18: replaces value and route, and leaves the item open for the next stage. Its owner stays. */
export function decideHandOff(draft: Draft, op: HandOffOperation, index: number): OpResult {
  const row = heldItem(draft, op);
  const route = op.route === undefined || sameRoute(op.route, row) ? row : op.route;
  checkPosting(draft, route);
  const { now } = draft.facts;
  const task = handedOffTask(draft, op.task, row);
  const after: ItemRow = {
    ...row,
    value: op.value,
    topics: route.topics,
    subscribers: route.subscribers,
    global: route.global,
    author: draft.actor,
    revision: draft.position,
    updatedAt: now,
    expiresAt: expiresAt(op.expiry, row, now),
    attempts: 0,
    readyAt: readyAtOf(task, now),
    order: draft.orderAt(index),
    lease: null,
    task,
  };
  draft.changes.push({ type: "put", before: row, after });
  return {
    type: "handOff",
    revision: after.revision,
    ...draft.unreached(route, op.route !== undefined),
  };
}

/** Ends the lease, so that the item is ready now or after a delay, or fails after its last attempt. */
export function decideRelease(draft: Draft, op: ReleaseOperation): OpResult {
  const held = heldItem(draft, op);
  const row = op.error === undefined ? held : { ...held, task: failedTask(draft, held, op.error) };
  if (!op.refund && op.maxAttempts !== undefined && row.attempts >= op.maxAttempts) {
    draft.changes.push({ type: "put", before: held, after: parked(row, draft.position) });
    return { type: "release", failed: true };
  }
  const after: ItemRow = {
    ...row,
    attempts: op.refund ? row.attempts - 1 : row.attempts,
    readyAt: draft.facts.now + op.retryInMs,
    lease: null,
  };
  draft.changes.push({ type: "lease", before: held, after });
  return { type: "release", failed: false };
}

function failedTask({ actor: agent, facts }: Draft, row: ItemRow, message: string): TaskRow | null {
  return withFailure(row.task, { message, agent, at: facts.now, attempt: row.attempts });
}
