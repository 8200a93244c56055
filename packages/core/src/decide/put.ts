import { SynthaError } from "../error/syntha-error.ts";
import { type Route, sameRoute } from "../route/route.ts";
import type { Expiry, PutOperation } from "../storage/operation.ts";
import { isExpired, type ItemRow } from "../model/item-row.ts";
import type { PutResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";
import { checkPosting, routeRequired } from "./posting.ts";
import { pushedTask, readyAtOf } from "./task.ts";

/** R3, R4, R5, R10: creates an item, or replaces the value of one that the actor sees. */
export function decidePut(draft: Draft, op: PutOperation, index: number): PutResult {
  const stored = draft.facts.item(op.key);
  // First of all checks: of an item that the actor does not see, only that the key is taken may be revealed.
  const row = checkKeyNotTaken(draft, op.key, stored);
  checkRevision(op.key, op.ifRevision, row, pushAgain);
  const { route, owner } =
    row === undefined ? creation(draft, op) : routing(draft, op.key, op.route, row);
  checkPosting(draft, route);

  if (row === undefined && stored !== undefined)
    draft.changes.push({ type: "expire", before: stored });
  const after = written(draft, op, row, route, owner, index);
  draft.changes.push({ type: "put", before: row ?? null, after });
  // A restored item gets the route that it had.
  const isNamed = op.ownerIfNew === undefined && (op.route !== undefined || row === undefined);
  const { topicsWithoutSubscribers, unknownSubscribers } = draft.unreached(route, isNamed);
  return {
    type: "put",
    revision: after.revision,
    topicsWithoutSubscribers,
    unknownSubscribers,
    created: row === undefined,
    expiresAt: after.expiresAt,
  };
}

/** The item of a key, unless it is expired. Refuses one that the actor does not see. */
export function checkKeyNotTaken(
  draft: Draft,
  key: string,
  stored: ItemRow | undefined,
): ItemRow | undefined {
  if (stored === undefined || isExpired(stored, draft.facts.now)) return undefined;
  if (!draft.canSee(stored)) refuse(keyTaken(key, draft.actor));
  return stored;
}

function written(
  draft: Draft,
  op: PutOperation,
  before: ItemRow | undefined,
  route: Route,
  owner: string | null,
  index: number,
): ItemRow {
  const { now } = draft.facts;
  const task = pushedTask(draft, op.key, op.task, before);
  // An open item keeps its place in the queue; any other becomes ready now.
  const queued = before?.state === "open" && before.lease === null ? before : undefined;
  return {
    key: op.key,
    value: op.value,
    topics: route.topics,
    subscribers: route.subscribers,
    global: route.global,
    owner,
    author: draft.actor,
    revision: draft.position,
    state: "open",
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
    expiresAt: expiresAt(op.expiry, before, now),
    attempts: 0,
    readyAt: readyAtOf(task, Math.min(queued?.readyAt ?? now, now)),
    order: queued?.order ?? draft.orderAt(index),
    lease: null,
    task,
  };
}

function creation(draft: Draft, op: PutOperation): { route: Route; owner: string | null } {
  const route = op.route ?? op.routeIfNew ?? routeRequired(`The new item "${op.key}"`);
  return { route, owner: op.ownerIfNew === undefined ? draft.actor : op.ownerIfNew };
}

/** The route and owner of an existing item, which only its owner and the system change. */
export function routing(
  draft: Draft,
  key: string,
  route: Route | undefined,
  row: ItemRow,
  mayReroute: boolean = draft.actor === null || row.owner === draft.actor,
): { route: Route; owner: string | null } {
  if (route === undefined || sameRoute(route, row)) return { route: row, owner: row.owner };
  if (!mayReroute) refuse(notOwner(key, "change who sees it"));
  return { route, owner: draft.actor };
}

export function checkRevision(
  key: string,
  expected: number | undefined,
  row: ItemRow | undefined,
  hintFor: (key: string, revision: number) => string,
): void {
  const revision = row?.revision ?? 0;
  if (expected === undefined || expected === revision) return;
  refuse(
    new SynthaError(
      "CONFLICT",
      revision === 0
        ? `"${key}" is not there.`
        : `"${key}" is at revision ${revision}, not ${expected}.`,
      { hint: hintFor(key, revision), details: { key, revision } },
    ),
  );
}

function pushAgain(key: string, revision: number): string {
  return revision === 0
    ? "Push it with ifRevision: 0 to create it."
    : `Read "${key}" again, apply your change to what is there, and push it with ifRevision: ${revision}.`;
}

export function expiresAt(expiry: Expiry, row: ItemRow | undefined, now: number): number | null {
  if (expiry === undefined) return null;
  return expiry === "keep" ? (row?.expiresAt ?? null) : now + expiry;
}

export function notOwner(
  key: string,
  what: string,
  hint = "You may replace its value: push it without naming a route. Or ask its owner.",
): SynthaError {
  return new SynthaError("NOT_OWNER", `Only the owner of "${key}" may ${what}.`, {
    hint,
    details: { key },
  });
}

function keyTaken(key: string, by: string | null): SynthaError {
  return new SynthaError(
    "KEY_TAKEN",
    `The key "${key}" is taken by something that is not yours to see.`,
    {
      hint: `Choose another key, such as "${by}/${key}".`,
      details: { key },
    },
  );
}
