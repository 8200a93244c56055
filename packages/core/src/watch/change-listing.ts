import type { JsonValue } from "../json/json.ts";
import { type Cursor, parseCursor, toCursor } from "../log/cursor.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";
import type { Session } from "../session/session.ts";
import type { MeshEvent } from "../view/event.ts";
import type { Item } from "../view/item.ts";
import { checkLimit } from "../view/page-token.ts";
import type { WatchChange, WatchedEvent, WatchedItem } from "./watch-change.ts";
import { toWatchFilter, WATCH_SELECTION, type WatchSelection } from "./watch-filter.ts";
import { Watcher } from "./watcher.ts";

export interface ChangeFilter<
  T extends string = string,
  K extends string = string,
  P extends string = string,
  E extends string = string,
> extends WatchSelection<T, K, P, E> {
  /** Only changes after this position of the log. @default the log's end: no changes, and the cursor of now */
  since?: Cursor | undefined;
  /** 1 to 1,000. @default 100 */
  limit?: number | undefined;
}

const CHANGES = knownOptions<ChangeFilter>("changes", {
  ...WATCH_SELECTION,
  since: true,
  limit: true,
});

/** The changes that a watch would emit, up to now. */
export interface ChangeListing<V = JsonValue, E = MeshEvent, I extends Item<V> = Item<V>> {
  readonly changes: readonly Exclude<WatchChange<V, E, I>, { type: "ready" | "lagged" }>[];
  /** Pass it as `since` for the changes that follow. */
  readonly cursor: Cursor;
  /** Whether more changes exist already. */
  readonly more: boolean;
  /** The storage's time of the read. */
  readonly at: Date;
}

/** The changes of this selection. */
export type ChangesOf<
  S extends MeshSchema,
  T extends string,
  K extends string,
  P extends string = string,
  E extends string = never,
> = ChangeListing<unknown, WatchedEvent<S, K, P, E>, WatchedItem<S, T, K, P>>;

/** Reads the log once, with the code that watches read it with. */
export async function listChanges(
  session: Session,
  actor: Actor,
  options: ChangeFilter,
): Promise<ChangeListing> {
  session.storage.checkOpen();
  checkOptions(options, CHANGES);
  const { since } = options;
  const limit = checkLimit(options.limit);
  const filter = toWatchFilter(session.encoder, actor, options);
  if (since === undefined) return noChanges(session);
  parseCursor(since);
  const once = { initial: false, buffer: limit, signal: undefined, once: true };
  const watcher = new Watcher(session, { filter, since, ...once });
  const changes: ChangeListing["changes"][number][] = [];
  for await (const change of watcher) {
    if (change.type === "ready" || change.type === "lagged") continue;
    const last = changes.at(-1);
    if (last !== undefined && changes.length === limit)
      return { changes, cursor: last.cursor, more: true, at: watcher.time };
    changes.push(change);
  }
  // A watch ends without an error when its mesh closes; a read must not.
  session.storage.checkOpen();
  return { changes, cursor: watcher.cursor ?? since, more: false, at: watcher.time };
}

async function noChanges({ storage }: Session): Promise<ChangeListing> {
  const { end, now } = await storage.readBeforeCommits(async () =>
    (await storage.ready()).log(storage.tenantId, { after: "end", limit: 1 }),
  );
  return { changes: [], cursor: toCursor(end), more: false, at: new Date(now) };
}
