import type { Reconnector } from "../connection/reconnector.ts";
import { type Cursor, parseCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { Session } from "../session/session.ts";
import type { TailPage } from "../session/tail-page.ts";
import type { LogPage } from "../storage/query.ts";
import type { Storage } from "../storage/storage.ts";
import { requireSupport } from "../storage/support.ts";
import type { Subscribed } from "./commit-subscriptions.ts";
import type { WatchFilter } from "./watch-filter.ts";
import type { WatchView } from "./watch-view.ts";

const NO_TOPICS: Subscribed = new Set();

/** The reads of one watch, which are repeated while the storage is unreachable. */
export class LogReader {
  readonly #session: Session;
  readonly #filter: WatchFilter;
  readonly #reconnector: Reconnector | undefined;

  /** @param reconnector Undefined for a single reading, which fails at once. */
  constructor(session: Session, filter: WatchFilter, reconnector: Reconnector | undefined) {
    this.#session = session;
    this.#filter = filter;
    this.#reconnector = reconnector;
  }

  stop(): void {
    this.#reconnector?.stop();
  }

  /** The position to start at: that of the cursor, or the log's end. @throws CURSOR_COMPACTED, INVALID_CURSOR */
  async start(since: Cursor | undefined): Promise<LogPosition> {
    if (since !== undefined) {
      const position = parseCursor(since);
      await this.check(position);
      return position;
    }
    const { storage } = this.#session;
    // The end must be read before any commit that is requested from now on.
    return storage.readBeforeCommits(
      async () => (await logPage(await storage.ready(), storage.tenantId, "end")).end,
      (attempt) => this.#retry(attempt),
    );
  }

  /** @throws CURSOR_COMPACTED, INVALID_CURSOR */
  async check(after: LogPosition): Promise<void> {
    await this.read((storage, tenantId) => logPage(storage, tenantId, after));
  }

  /** A shared read may have begun before the last commit; the commit listener then causes another one. */
  page(after: LogPosition): Promise<TailPage> {
    const { logTail } = this.#session;
    const isShared = this.#reconnector !== undefined;
    return this.#retry(() => (isShared ? logTail.read(after) : logTail.readAlone(after)));
  }

  /** The agent's subscriptions now, or after the commit at a position. */
  async subscribedAt(at?: number): Promise<Subscribed> {
    const name = this.#filter.actor;
    if (name === null) return NO_TOPICS;
    const { agents } = await this.read((storage, tenantId) => {
      if (at !== undefined) requireSupport(storage, "pastSubscriptions");
      return storage.agents(tenantId, { name, at });
    });
    return new Set(agents[0]?.subscriptions);
  }

  viewAt(position: number): WatchView {
    return { read: (query) => this.read(query), filter: this.#filter, position };
  }

  read<T>(query: (storage: Storage, tenantId: string) => Promise<T>): Promise<T> {
    const { storage } = this.#session;
    return this.#retry(async () => query(await storage.ready(), storage.tenantId));
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#reconnector === undefined ? attempt() : this.#reconnector.read(attempt);
  }
}

function logPage(storage: Storage, tenantId: string, after: LogPosition | "end"): Promise<LogPage> {
  return storage.log(tenantId, { after, limit: 1 });
}
