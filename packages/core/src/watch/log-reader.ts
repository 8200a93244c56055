import type { Reconnector } from "../connection/reconnector.ts";
import { type Cursor, parseCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { Session } from "../session/session.ts";
import type { LogPage } from "../storage/query.ts";
import { requireSupport } from "../storage/support.ts";
import type { WatchView } from "./watch-view.ts";
import type { WatchFilter, Subscribed } from "./watch-filter.ts";

const NONE: Subscribed = new Set();

/** What a watch reads of its storage: again and again while that can't be reached. */
export class LogReader {
  readonly #session: Session;
  readonly #filter: WatchFilter;
  readonly #reconnector: Reconnector | undefined;

  /** @param reconnector Undefined for one reading of the log, which meets a failure at once. */
  constructor(session: Session, lens: WatchFilter, reconnector: Reconnector | undefined) {
    this.#session = session;
    this.#filter = lens;
    this.#reconnector = reconnector;
  }

  stop(): void {
    this.#reconnector?.stop();
  }

  /** Where a watch starts: at a cursor, if the log still holds what follows it, or at the log's end. */
  async start(since: Cursor | undefined): Promise<LogPosition> {
    if (since !== undefined) {
      const place = parseCursor(since);
      await this.check(place);
      return place;
    }
    const end = async (): Promise<LogPosition> => {
      const storage = await this.#session.storage.ready();
      return (await storage.log(this.#session.tenantId, { after: "end", limit: 1 })).end;
    };
    // A place that is now must be taken before anything that is written from now on.
    return this.#session.storage.readBeforeCommits(end, (attempt) => this.#read(attempt));
  }

  /** Refuses a place that is lost. */
  async check(after: LogPosition): Promise<void> {
    await this.#read(async () => {
      const storage = await this.#session.storage.ready();
      return storage.log(this.#session.tenantId, { after, limit: 1 });
    });
  }

  /** A shared reading may have begun before the last write; the bell makes up for that. */
  page(after: LogPosition): Promise<LogPage> {
    const { logTail } = this.#session;
    const isShared = this.#reconnector !== undefined;
    return this.#read(() => (isShared ? logTail.read(after) : logTail.readAlone(after)));
  }

  /** The reader's subscriptions, now or as they were after the commit at a position. */
  async subscribedAt(at?: number): Promise<Subscribed> {
    const name = this.#filter.actor;
    if (name === null) return NONE;
    const { agents } = await this.#read(async () => {
      const storage = await this.#session.storage.ready();
      if (at !== undefined) requireSupport(storage, "pastSubscriptions");
      return storage.agents(this.#session.tenantId, { name, at });
    });
    return new Set(agents[0]?.subscriptions);
  }

  viewAt(position: number): WatchView {
    const { tenantId } = this.#session;
    const ask: WatchView["ask"] = (question) =>
      this.#read(async () => question(await this.#session.storage.ready(), tenantId));
    return { ask, filter: this.#filter, position };
  }

  async #read<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#reconnector === undefined ? attempt() : this.#reconnector.read(attempt);
  }
}
