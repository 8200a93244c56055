import { knownNamesOf } from "../agents/route-report.ts";
import { corruptEntry } from "../error/corrupt-data.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import { encode } from "../json/encode.ts";
import type { LogEntry } from "../log/change.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { RouteInput } from "../route/route.ts";
import type { Session } from "../session/session.ts";
import type { PutOperation } from "../storage/operation.ts";
import { valueOf } from "../view/item.ts";
import { readRow } from "./get.ts";
import { readHistory } from "./history.ts";
import { type Pushed, type PushOptions, putOf, toPushed } from "./push.ts";
import { requireRevision } from "./read-set.ts";

/**
 * Writes the value that a key had at a revision. An item that exists keeps its route, owner and expiry; one that was
 * deleted gets those of that revision.
 */
export async function restore(session: Session, key: string, revision: number): Promise<Pushed> {
  session.encoder.checkKey(key);
  requireRevision(revision, "revision");
  for (;;) {
    const { items, now } = await readRow(session, null, key);
    const past = pastRow(key, revision, await readHistory(session, key));
    const put = restoringPut(session, past, items[0], now);
    try {
      const { results } = await session.commit(null, [put]);
      return await toPushed(key, results[0], knownNamesOf(session));
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
    }
  }
}

/** The value is written as it was: a schema may take another form than it returns. */
function restoringPut(
  { encoder }: Session,
  past: ItemRow,
  row: ItemRow | undefined,
  now: number,
): PutOperation {
  const { key, expiresAt, owner } = past;
  encoder.schema.checkKey(key);
  const text = encode(valueOf(past), encoder.limits);
  if (row !== undefined)
    return putOf(encoder, key, { ttl: "keep", ifRevision: row.revision })(text);
  const ttl = expiresAt === null ? undefined : expiresAt - now;
  if (ttl !== undefined && ttl <= 0) throw notKept(key, past.revision);
  const options: PushOptions = { ...routeOf(past), ttl, ifRevision: 0 };
  return { ...putOf(encoder, key, options)(text), ownerIfNew: owner };
}

function routeOf({ topics, subscribers, global }: ItemRow): RouteInput {
  if (global) return { global };
  return {
    ...(topics.length > 0 && { topics }),
    ...(subscribers.length > 0 && { subscribers }),
  };
}

/** @throws NOT_FOUND; CORRUPT_DATA if the entry is damaged */
function pastRow(key: string, revision: number, entries: readonly LogEntry[]): ItemRow {
  for (const { position, change } of entries) {
    if (position !== revision) continue;
    if (change.type === "corrupt") throw corruptEntry(position, change.about);
    if (change.type === "put" && change.after.value !== null) return change.after as ItemRow;
  }
  throw notKept(key, revision);
}

function notKept(key: string, revision: number): SynthaError {
  return new SynthaError(
    "NOT_FOUND",
    `The history of "${key}" has no value at revision ${revision}.`,
    { hint: `mesh.system.history(${JSON.stringify(key)}) lists the values that can be restored.` },
  );
}
