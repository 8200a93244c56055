import { toCursor, parseCursor } from "../log/cursor.ts";
import { checkLimit } from "../view/page-token.ts";
import type { Session } from "../session/session.ts";
import type { Actor } from "../route/visibility.ts";
import { checkOptions } from "../options/known-options.ts";
import { type ChangeFilter, type ChangeListing, CHANGES } from "./change-listing.ts";
import { toWatchFilter } from "./to-watch-filter.ts";
import { Watcher } from "./watcher.ts";

/** One reading of the log, by the very code that watches read it with. */
export async function listChanges(
  session: Session,
  reader: Actor,
  filter: ChangeFilter,
): Promise<ChangeListing> {
  session.storage.checkOpen();
  checkOptions(filter, CHANGES);
  const { since } = filter;
  const limit = checkLimit(filter.limit);
  const watchFilter = toWatchFilter(session, reader, filter);
  if (since === undefined) return nothingYet(session);
  parseCursor(since);
  const plan = {
    filter: watchFilter,
    since,
    initial: false,
    buffer: limit,
    signal: undefined,
    once: true,
  };
  const watcher = new Watcher(session, plan);
  const changes: ChangeListing["changes"][number][] = [];
  for await (const change of watcher) {
    if (change.type === "ready" || change.type === "lagged") continue;
    const last = changes.at(-1);
    if (last !== undefined && changes.length === limit)
      return { changes, cursor: last.cursor, more: true, at: watcher.time };
    changes.push(change);
  }
  // A watch ends silently with its mesh; a read must not.
  session.storage.checkOpen();
  return { changes, cursor: watcher.cursor ?? since, more: false, at: watcher.time };
}

async function nothingYet(session: Session): Promise<ChangeListing> {
  const { end, now } = await session.storage.readBeforeCommits(async () => {
    const storage = await session.storage.ready();
    return storage.log(session.tenantId, { after: "end", limit: 1 });
  });
  return { changes: [], cursor: toCursor(end), more: false, at: new Date(now) };
}
