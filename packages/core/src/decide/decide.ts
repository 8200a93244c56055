import { SynthaError } from "../error/syntha-error.ts";
import type { Facts } from "../storage/facts.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { Decision, OpResult } from "../storage/outcome.ts";
import { decideAnnounce } from "./announce.ts";
import { decideClaim } from "./claim.ts";
import { decideDelete } from "./delete.ts";
import { Draft, MAX_COMMIT_OPS, Refusal, refuse } from "./draft.ts";
import {
  decideComplete,
  decideEndLease,
  decideExtend,
  decideHandOff,
  decideRelease,
} from "./lease.ts";
import { checkIdNotTaken, decidePublish } from "./publish.ts";
import { checkKeyNotTaken, decidePut } from "./put.ts";
import { checkQuotas } from "./quotas.ts";
import { checkReadSet } from "./read-set.ts";
import { decideRetry } from "./retry.ts";
import { sightingsOf } from "./sightings.ts";
import { satisfyDependencies } from "./satisfied-dependencies.ts";
import { decideSetPermissions, decideSubscription } from "./subscribe.ts";
import { decideClear, decideDeleteTopic, decideSweep } from "./tenant-wide.ts";

/**
 * The rules of writing, for all storages: decides what a commit changes, given the facts, or why it is rejected. Pure:
 * the same commit and facts give the same decision, so that an engine without interactive transactions can decide again
 * when its facts have changed.
 */
export function decide(commit: Commit, facts: Facts): Decision {
  const draft = new Draft(commit, facts);
  try {
    if (commit.ops.length > 1) checkTogether(commit.ops);
    if (commit.ifRevisions !== undefined) {
      // R4: that a name is taken is reported before anything else.
      for (const op of commit.ops) checkNotTaken(draft, op);
      checkReadSet(draft, commit.ifRevisions);
    }
    const results = commit.ops.map((op, index) => decideOne(draft, op, index));
    const { changes } = draft;
    const spent = commit.quotas && checkQuotas(draft, commit.quotas, commit, results);
    satisfyDependencies(draft);
    const unlogged = draft.unlogged.length > 0 ? draft.unlogged : undefined;
    return { ok: true, changes, results, unlogged, sightings: sightingsOf(draft), spent };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, error: thrown.error };
    throw thrown;
  }
}

function decideOne(draft: Draft, op: Operation, index: number): OpResult {
  switch (op.type) {
    case "put":
      return decidePut(draft, op, index);
    case "delete":
      return decideDelete(draft, op);
    case "publish":
      return decidePublish(draft, op);
    case "subscribe":
    case "unsubscribe":
      return decideSubscription(draft, op);
    case "setPermissions":
      return decideSetPermissions(draft, op);
    case "announce":
      return decideAnnounce(draft, op);
    case "claim":
      return decideClaim(draft, op);
    case "extend":
      return decideExtend(draft, op);
    case "complete":
      return decideComplete(draft, op);
    case "handOff":
      return decideHandOff(draft, op, index);
    case "retry":
      return decideRetry(draft, op, index);
    case "release":
      return decideRelease(draft, op);
    case "endLease":
      return decideEndLease(draft, op);
    case "deleteTopic":
      return decideDeleteTopic(draft, op.topic);
    case "clear":
      return decideClear(draft, op);
    case "sweep":
      return decideSweep(draft, op.limit);
  }
}

function checkNotTaken(draft: Draft, op: Operation): void {
  if (op.type === "put") checkKeyNotTaken(draft, op.key, draft.facts.item(op.key));
  else if (op.type === "publish") checkIdNotTaken(draft, op.id);
}

/** R11: all operations of a commit are decided on the facts before it, so each must name its own key or event id. */
function checkTogether(ops: readonly Operation[]): void {
  if (ops.length > MAX_COMMIT_OPS) {
    refuse(
      new SynthaError(
        "INVALID_ARGUMENTS",
        `${ops.length} operations are more than one commit holds.`,
        {
          hint: `Make at most ${MAX_COMMIT_OPS} in one call, and the others in further calls.`,
          details: { maximum: MAX_COMMIT_OPS },
        },
      ),
    );
  }
  const names = new Set<string>();
  for (const op of ops) {
    const name =
      op.type === "publish" ? `event ${op.id}` : "key" in op ? `key ${op.key}` : undefined;
    if (name === undefined) {
      refuse(
        new SynthaError(
          "INVALID_ARGUMENTS",
          `The operation "${op.type}" can't share its commit with others.`,
          {
            hint: "Only operations that name a key or an event id can be made true together.",
            details: {},
          },
        ),
      );
    }
    if (names.has(name)) {
      refuse(
        new SynthaError("INVALID_ARGUMENTS", `The ${name} occurs twice in one commit.`, {
          hint: "Name each key, and each event's id, once in a call.",
        }),
      );
    }
    names.add(name);
  }
}
