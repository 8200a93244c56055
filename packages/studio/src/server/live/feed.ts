import { type AgentContext, type Cursor, isSynthaError, type Watch } from "@syntha/core";
import { type SentChange, toSentChange } from "./live-message.ts";

/** Changes that wait in the watch before they are passed on, which happens at once. */
const BUFFER = 10_000;

export interface FeedListener {
  readonly onChange: (change: SentChange) => void;
  readonly onConnection: (connected: boolean) => void;
  /** The feed has ended: with an error, or because its mesh was closed. */
  readonly onEnd: (error: unknown) => void;
}

/** One watch of one reader, for all streams that show it. */
export class Feed {
  readonly #reader: AgentContext;
  readonly #listeners = new Set<FeedListener>();
  readonly #stop = new AbortController();
  readonly #onEmpty: () => void;
  #watch: Watch | undefined;
  #started: Promise<void> | undefined;

  constructor(reader: AgentContext, onEmpty: () => void) {
    this.#reader = reader;
    this.#onEmpty = onEmpty;
  }

  /** The position up to which the log was read: entries that this reader does not see included. */
  get cursor(): Cursor | undefined {
    return this.#watch?.cursor;
  }

  /** Resolves once every later commit reaches the listener. Ending it is safe before that too. */
  async listen(listener: FeedListener): Promise<void> {
    this.#listeners.add(listener);
    this.#started ??= this.#start();
    await this.#started;
  }

  unlisten(listener: FeedListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#stop.abort();
    this.#onEmpty();
  }

  async #start(): Promise<void> {
    const { cursor } = await this.#reader.changes({ limit: 1 });
    if (!this.#stop.signal.aborted) void this.#run(cursor);
  }

  async #run(start: Cursor): Promise<void> {
    try {
      for (let since: Cursor | undefined = start; since !== undefined;)
        since = await this.#follow(since);
      this.#end(undefined);
    } catch (error) {
      this.#end(error);
    }
  }

  /** Returns where to go on if the watch dropped changes. */
  async #follow(since: Cursor): Promise<Cursor | undefined> {
    this.#watch = this.#reader.watch({
      since,
      buffer: BUFFER,
      signal: this.#stop.signal,
      onConnectionChange: ({ status }) =>
        this.#emit((each) => each.onConnection(status === "reconnected")),
    }) as Watch;
    for await (const change of this.#watch) {
      if (change.type === "lagged") return change.cursor;
      if (change.type === "ready") continue;
      const sent = toSentChange(change);
      this.#emit((each) => each.onChange(sent));
    }
    return undefined;
  }

  #emit(call: (listener: FeedListener) => void): void {
    for (const listener of this.#listeners) call(listener);
  }

  #end(error: unknown): void {
    if (this.#stop.signal.aborted || isSynthaError(error, "ABORTED")) return;
    // A stream that begins now needs another feed.
    this.#onEmpty();
    this.#emit((each) => each.onEnd(error));
  }
}
