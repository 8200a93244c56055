import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { LogEntry, StoredEntry } from "../log/change.ts";
import type { EntryPosition } from "../log/log-position.ts";
import { CopyEndpoint } from "../copy/copy-endpoint.ts";
import { PageSize } from "../storage/page-size.ts";
import type { LogPage, LogQuery } from "../storage/query.ts";
import type { Supporting } from "../storage/support.ts";
import { MAX_PAGE } from "../view/page-token.ts";

const AGAIN = "Call at(position) again.";
const FIRST_PAGE = 32;

/** Reads a tenant and its log up to a position. */
export class PastReader {
  readonly storage: Supporting<"dump">;
  readonly tenantId: string;
  readonly position: number;
  /** The records of now. */
  readonly records: CopyEndpoint;
  readonly #signal: AbortSignal | undefined;

  constructor(
    storage: Supporting<"dump">,
    tenantId: string,
    position: number,
    signal: AbortSignal | undefined,
  ) {
    this.storage = storage;
    this.tenantId = tenantId;
    this.position = position;
    this.#signal = signal;
    this.records = new CopyEndpoint(storage, tenantId, MAX_PAGE, signal, AGAIN, true);
  }

  /** @throws ABORTED */
  log(query: LogQuery): Promise<LogPage> {
    if (this.#signal?.aborted)
      throw new SynthaError("ABORTED", "The call was aborted by its signal.", {
        hint: AGAIN,
        cause: this.#signal.reason,
      });
    return this.storage.log(this.tenantId, query);
  }

  /** The entries after one, by pages, until `add` returns false. */
  async eachEntry(after: EntryPosition, add: (entry: StoredEntry) => boolean): Promise<void> {
    for await (const page of this.records.pages("log", after))
      for (const record of page) if (record.type === "entry" && !add(record)) return;
  }

  /** The entries of a key from a revision on, or all that are kept, up to the position; none if they are compacted. */
  async entriesOf(key: string, revision: number | undefined): Promise<readonly LogEntry[]> {
    const size = new PageSize(FIRST_PAGE, MAX_PAGE);
    const entries: LogEntry[] = [];
    for (let after: LogQuery["after"] = revision === undefined ? "start" : revision - 1; ;) {
      let page: LogPage;
      try {
        page = await this.log({ after, key, limit: size.limit });
      } catch (error) {
        if (isSynthaError(error, "CURSOR_COMPACTED")) return [];
        throw error;
      }
      for (const entry of page.entries) {
        if (entry.position > this.position) return entries;
        entries.push(entry);
      }
      if (page.isHead) return entries;
      size.noteEntries(page.entries);
      after = page.end;
    }
  }
}
