import { corruptEntry } from "../error/corrupt-data.ts";
import { isSynthaError, type SynthaError } from "../error/syntha-error.ts";
import type { JsonValue } from "../json/json.ts";
import type { LogEntry } from "../log/change.ts";
import type { Session } from "../session/session.ts";
import { PageSize } from "../storage/page-size.ts";
import type { LogQuery } from "../storage/query.ts";
import { valueOf } from "../view/item.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { readRow } from "./get.ts";

/** One change of a key. */
export interface HistoryEntry<V = JsonValue> {
  /** `lease`: the item was claimed, or released. */
  readonly type: "put" | "delete" | "expire" | "lease";
  /** The log position; for a put, the item's revision. */
  readonly revision: number;
  readonly at: Date;
  /** The agent that made the change; undefined for the system. */
  readonly actor: string | undefined;
  /** The value written; undefined unless it is a put, if the item has expired since, and with an `error`. */
  readonly value: V | undefined;
  /** Why the entry, or its value, can't be read: it is damaged where it is stored. */
  readonly error: SynthaError<"CORRUPT_DATA"> | undefined;
  readonly topics: readonly string[] | undefined;
  readonly subscribers: readonly string[] | undefined;
  readonly global: boolean | undefined;
  readonly state: "open" | "claimed" | "done" | "failed" | undefined;
}

/** A key's last entry that the history still holds. */
export async function lastEntry(session: Session, key: string): Promise<LogEntry | undefined> {
  return (await readEntries(session, key)).at(-1);
}

/** A key's entries, oldest first. */
export async function history(session: Session, key: string): Promise<HistoryEntry[]> {
  session.encoder.checkKey(key);
  return (await readHistory(session, key)).map(toHistory);
}

/** The log's entries of a key, oldest first, without the values that R8 hides. */
export async function readHistory(session: Session, key: string): Promise<readonly LogEntry[]> {
  const entries = await readEntries(session, key);
  // The values of an expired item are not shown, even before it is swept.
  const { items } = await readRow(session, null, key);
  const isExpired = items[0] === undefined && entries.at(-1)?.change.type !== "delete";
  return isExpired ? entries.map(withoutValue) : entries;
}

function withoutValue(entry: LogEntry): LogEntry {
  const { change } = entry;
  if (change.type !== "put") return entry;
  return { ...entry, change: { ...change, after: { ...change.after, value: null } } };
}

const MAX_TRIES = 10;
const FIRST_PAGE = 100;

/** Starts again if the log is compacted between two pages. */
async function readEntries(session: Session, key: string): Promise<readonly LogEntry[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await readPages(session, key);
    } catch (error) {
      if (!isSynthaError(error, "CURSOR_COMPACTED") || tries === MAX_TRIES) throw error;
    }
  }
}

async function readPages(
  { tenantId, storage }: Session,
  key: string,
): Promise<readonly LogEntry[]> {
  const size = new PageSize(FIRST_PAGE, MAX_PAGE);
  const entries: LogEntry[] = [];
  for (let after: LogQuery["after"] = "start"; ;) {
    const page = await (await storage.ready()).log(tenantId, { after, key, limit: size.limit });
    entries.push(...page.entries);
    size.noteEntries(page.entries);
    if (page.isHead) return entries;
    after = page.end;
  }
}

function toHistory({ change, position, at, actor }: LogEntry): HistoryEntry {
  const after = change.type === "put" ? change.after : undefined;
  return {
    type: (change.type === "corrupt" ? change.was : change.type) as HistoryEntry["type"],
    revision: position,
    at: new Date(at),
    actor: actor ?? undefined,
    ...(change.type === "corrupt"
      ? { value: undefined, error: corruptEntry(position, change.about) }
      : readValue(after)),
    topics: after && [...after.topics],
    subscribers: after && [...after.subscribers],
    global: after?.global,
    state: change.type === "lease" ? (change.until === null ? "open" : "claimed") : after?.state,
  };
}

/** The value of a row of the log; undefined with its error if it is damaged. */
export function readValue(
  row: { readonly key: string; readonly value: string | null } | undefined,
): Pick<HistoryEntry, "value" | "error"> {
  const { key, value } = row ?? { key: "", value: null };
  if (value === null) return { value: undefined, error: undefined };
  try {
    return { value: valueOf({ key, value }), error: undefined };
  } catch (error) {
    if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
    return { value: undefined, error };
  }
}
