import { corruptEntry } from "../error/corrupt-data.ts";
import { isSynthaError, type SynthaError } from "../error/syntha-error.ts";
import type { JsonValue } from "../json/json.ts";
import type { LogEntry } from "../log/change.ts";
import { valueOf } from "../view/item.ts";
import type { Session } from "../session/session.ts";
import { PageSize } from "../storage/page-size.ts";
import { MAX_PAGE } from "../view/page-token.ts";

/** One thing that happened to a key, oldest first. */
export interface HistoryEntry<V = JsonValue> {
  /** `lease`: it was claimed, or given back. */
  readonly type: "put" | "delete" | "expire" | "lease";
  /** The log position; for a put, the revision. */
  readonly revision: number;
  readonly at: Date;
  /** The agent that did it; absent for the system. */
  readonly actor: string | undefined;
  /** What was written; absent for anything but a put, for an item that has expired since, and with an `error`. */
  readonly value: V | undefined;
  /** Why the entry can't be read, or its value alone: it is damaged where it is stored. */
  readonly error: SynthaError<"CORRUPT_DATA"> | undefined;
  readonly topics: readonly string[] | undefined;
  readonly subscribers: readonly string[] | undefined;
  readonly global: boolean | undefined;
  readonly state: "open" | "claimed" | "done" | "failed" | undefined;
}

/** The last entry that is kept of a key. */
export function lastEntry(session: Session, key: string): Promise<LogEntry | undefined> {
  return undisturbed(async () => {
    let last: LogEntry | undefined;
    for await (const entry of entriesOf(session, key)) last = entry;
    return last;
  });
}

export async function historyOf<V>(session: Session, key: string): Promise<HistoryEntry<V>[]> {
  const storage = await session.ready();
  const history = await undisturbed(async () => {
    const entries: HistoryEntry<V>[] = [];
    for await (const entry of entriesOf(session, key)) entries.push(toHistory(entry));
    return entries;
  });
  // R8: before the sweep as after it, nothing is told of an item whose time is over.
  const { items } = await storage.get(session.tenantId, null, [key]);
  const isGone = items[0] === undefined && history.at(-1)?.type !== "delete";
  return isGone ? history.map((entry) => ({ ...entry, value: undefined })) : history;
}

const MOST_TRIES = 10;
const FIRST_PAGE = 100;

/** Reads again from the beginning when a compaction came between two pages. */
async function undisturbed<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (!isSynthaError(error, "CURSOR_COMPACTED") || tries === MOST_TRIES) throw error;
    }
  }
}

async function* entriesOf(session: Session, key: string): AsyncGenerator<LogEntry> {
  const storage = await session.ready();
  const size = new PageSize(FIRST_PAGE, MAX_PAGE);
  for (let after: Parameters<typeof storage.log>[1]["after"] = "start"; ;) {
    const page = await storage.log(session.tenantId, { after, key, limit: size.limit });
    yield* page.entries;
    size.noteEntries(page.entries);
    if (page.isHead) return;
    after = page.end;
  }
}

function toHistory<V>({ change, position, at, actor }: LogEntry): HistoryEntry<V> {
  const after = change.type === "put" ? change.after : undefined;
  return {
    type: (change.type === "corrupt" ? change.was : change.type) as HistoryEntry["type"],
    revision: position,
    at: new Date(at),
    actor: actor ?? undefined,
    ...(change.type === "corrupt"
      ? { value: undefined, error: corruptEntry(position, change.about) }
      : readValue<V>(after)),
    topics: after && [...after.topics],
    subscribers: after && [...after.subscribers],
    global: after?.global,
    state: change.type === "lease" ? (change.until === null ? "open" : "claimed") : after?.state,
  };
}

function readValue<V>(
  row: { readonly key: string; readonly value: string | null } | undefined,
): Pick<HistoryEntry<V>, "value" | "error"> {
  const { key, value } = row ?? { key: "", value: null };
  if (value === null) return { value: undefined, error: undefined };
  try {
    return { value: valueOf({ key, value }) as V, error: undefined };
  } catch (error) {
    if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
    return { value: undefined, error };
  }
}
