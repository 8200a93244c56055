import { SynthaError } from "../error/syntha-error.ts";
import { staleToken } from "../log/fencing-token.ts";
import type {
  CompleteOperation,
  EndLeaseOperation,
  ExtendOperation,
  HandOffOperation,
  LeaseOperation,
  ReleaseOperation,
  ReleaseSettings,
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
  return { type: "release", failed: releaseItem(draft, heldItem(draft, op), op) };
}

/** R13: the system ends a lease that another holds. The attempt ends unfinished, as it does when a lease expires. */
export function decideEndLease(draft: Draft, op: EndLeaseOperation): OpResult {
  const row = draft.liveItem(op.key) ?? refuse(noItem(op.key));
  const { lease, attempts: attempt } = row;
  if (lease === null || lease.until <= draft.facts.now) refuse(notClaimed(row));
  const { holder } = lease;
  if (op.agent !== undefined && holder !== op.agent) refuse(heldByAnother(row, holder, op.agent));
  const reason = "The system released it before the attempt was finished.";
  const error = op.error ?? (op.refund ? undefined : reason);
  const failed = releaseItem(draft, { ...row, lease }, { ...op, error });
  return { type: "endLease", failed, holder, attempt };
}

/** Returns whether the item has failed. */
function releaseItem(
  draft: Draft,
  held: ItemRow & { lease: LeaseRow },
  { error, refund, maxAttempts, retryInMs }: ReleaseSettings,
): boolean {
  const row = error === undefined ? held : { ...held, task: failedTask(draft, held, error) };
  if (!refund && maxAttempts !== undefined && row.attempts >= maxAttempts) {
    draft.changes.push({ type: "put", before: held, after: parked(row, draft.position) });
    return true;
  }
  const after: ItemRow = {
    ...row,
    attempts: refund ? row.attempts - 1 : row.attempts,
    readyAt: draft.facts.now + retryInMs,
    lease: null,
  };
  draft.changes.push({ type: "lease", before: held, after });
  return false;
}

/** The attempt was its holder's, also if the system ends it. */
function failedTask(
  { facts }: Draft,
  { task, lease, attempts: attempt }: ItemRow & { lease: LeaseRow },
  message: string,
): TaskRow | null {
  return withFailure(task, { message, agent: lease.holder, at: facts.now, attempt });
}

function noItem(key: string): SynthaError {
  return new SynthaError("NOT_FOUND", `There is no item "${key}" to release.`, {
    hint: "system.leases() returns the items that can be released.",
  });
}

function notClaimed({ key, revision }: ItemRow): SynthaError {
  return new SynthaError("CONFLICT", `"${key}" is not claimed.`, {
    hint: "Nothing is left to release: its lease has ended, or there was none.",
    details: { key, revision },
  });
}

function heldByAnother(
  { key, revision }: ItemRow,
  holder: string | null,
  agent: string,
): SynthaError {
  return new SynthaError(
    "CONFLICT",
    `"${key}" is claimed by ${holder ?? "the system"}, not by ${agent}.`,
    {
      hint: `${agent} does not hold it now. Leave \`agent\` out to release it from any agent.`,
      details: { key, revision },
    },
  );
}
