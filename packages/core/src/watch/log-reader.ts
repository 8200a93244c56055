import type { Reconnector } from "../connection/reconnector.ts";
import { type Cursor, toPlace } from "../log/cursor.ts";
import type { Place } from "../log/place.ts";
import type { Session } from "../mesh/session.ts";
import type { LogPage } from "../storage/query.ts";
import type { View } from "./expansion.ts";
import type { Lens, Subscribed } from "./outlook.ts";

const NONE: Subscribed = new Set();

/** What a watch reads of its storage: again and again while that can't be reached. */
export class LogReader {
  readonly #session: Session;
  readonly #lens: Lens;
  readonly #reconnector: Reconnector | undefined;

  /** @param reconnector Undefined for one reading of the log, which meets a failure at once. */
  constructor(session: Session, lens: Lens, reconnector: Reconnector | undefined) {
    this.#session = session;
    this.#lens = lens;
    this.#reconnector = reconnector;
  }

  stop(): void {
    this.#reconnector?.stop();
  }

  /** Where a watch starts: at a cursor, if the log still holds what follows it, or at the log's end. */
  async start(since: Cursor | undefined): Promise<Place> {
    if (since !== undefined) {
      const place = toPlace(since);
      await this.check(place);
      return place;
    }
    const end = async (): Promise<Place> => {
      const storage = await this.#session.ready();
      return (await storage.log(this.#session.tenant, { after: "end", limit: 1 })).end;
    };
    // A place that is now must be taken before anything that is written from now on.
    return this.#session.before(end, (attempt) => this.#read(attempt));
  }

  /** Refuses a place that is lost. */
  async check(after: Place): Promise<void> {
    await this.#read(async () => {
      const storage = await this.#session.ready();
      return storage.log(this.#session.tenant, { after, limit: 1 });
    });
  }

  /** A shared reading may have begun before the last write; the bell makes up for that. */
  page(after: Place): Promise<LogPage> {
    const { tail } = this.#session;
    const isShared = this.#reconnector !== undefined;
    return this.#read(() => (isShared ? tail.read(after) : tail.readNow(after)));
  }

  /** The reader's subscriptions, now or as they were after the commit at a position. */
  async subscribedAt(at?: number): Promise<Subscribed> {
    const name = this.#lens.reader;
    if (name === null) return NONE;
    const { agents } = await this.#read(async () => {
      const storage = await this.#session.ready();
      return storage.agents(this.#session.tenant, { name, at });
    });
    return new Set(agents[0]?.subscriptions);
  }

  viewAt(position: number): View {
    const { tenant } = this.#session;
    const ask: View["ask"] = (question) =>
      this.#read(async () => question(await this.#session.ready(), tenant));
    return { ask, lens: this.#lens, position };
  }

  async #read<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#reconnector === undefined ? attempt() : this.#reconnector.read(attempt);
  }
}
