import { type AgentContext, type Cursor, isSynthaError } from "@syntha/core";
import { SERVER_FAILED } from "../http/answer.ts";
import { toFailure } from "../http/studio-error.ts";
import { MAX_PAGE } from "../limits.ts";
import type { AgentLens } from "./agent-lens.ts";
import { EventStream } from "./event-stream.ts";
import type { Feed, FeedListener } from "./feed.ts";
import { type SentChange, type ShownChange, toSentChange } from "./live-message.ts";
import { isAfter, positionOf } from "./log-place.ts";

/** Changes that may wait for a client. */
const MAX_PENDING = 2_000;
const TICK_MS = 1_000;
const TICKS_PER_COMMENT = 15;
/** Changes that are written between two looks at whether the client reads. */
const BATCH = 100;

export interface LiveStreamOptions {
  readonly reader: AgentContext;
  readonly feed: Feed;
  /** The agent whose view is shown besides. */
  readonly lens: AgentLens | undefined;
  readonly since: Cursor | undefined;
  /** Whether the person may still look. */
  readonly isAllowed: () => Promise<boolean>;
  /** How often that is asked. */
  readonly reauthorizeMs: number;
  readonly onError: (error: Error) => void;
  readonly onEnd: () => void;
}

/**
 * One client's stream. It listens to the feed first and catches up after, so that nothing falls in between; what it has
 * caught up with is then left out of what the feed brought. While the client reads slowly, changes wait; if too many do,
 * it receives `lagged` and the stream ends: it resumes with its last id.
 */
export class LiveStream {
  readonly #options: LiveStreamOptions;
  readonly #stream: EventStream;
  readonly #listener: FeedListener;
  readonly #lensListener: FeedListener;
  #pending: SentChange[] = [];
  /** What this client has: all up to here. */
  #sent: Cursor | undefined;
  /** Up to where the log was read before the feed took over. */
  #caughtUpTo: Cursor | undefined;
  /** Whether nothing is being sent. */
  #isIdle = false;
  #wake: (() => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ticks = 0;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    this.#stream = new EventStream(() => this.#close());
    this.#listener = this.#listenerOf((change) => this.#pending.push(change));
    this.#lensListener = this.#listenerOf((change) => options.lens?.note(change));
  }

  get body(): ReadableStream<Uint8Array> {
    return this.#stream.body;
  }

  /** Runs until the stream ends. */
  async run(): Promise<void> {
    const { feed, lens, onEnd } = this.#options;
    try {
      this.#timer = setInterval(() => this.#tick(), TICK_MS);
      // Browsers' timers are numbers.
      (this.#timer as { unref?: () => void }).unref?.();
      await Promise.all([feed.listen(this.#listener), lens?.feed.listen(this.#lensListener)]);
      await this.#catchUp();
      while (!this.#stream.isOver) await this.#sendPending();
    } catch (error) {
      this.#fail(error);
    } finally {
      clearInterval(this.#timer);
      feed.unlisten(this.#listener);
      lens?.feed.unlisten(this.#lensListener);
      this.#stream.end();
      onEnd();
    }
  }

  close(): void {
    this.#stream.end();
    this.#close();
  }

  #close(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Sends what followed `since`, up to a moment after the feed began. */
  async #catchUp(): Promise<void> {
    const { reader, since } = this.#options;
    let cursor = since;
    try {
      for (let more = since !== undefined; more && !this.#stream.isOver;) {
        const page = await reader.changes({ since: cursor, limit: MAX_PAGE });
        await this.#send((page.changes as readonly ShownChange[]).map(toSentChange));
        ({ cursor, more } = page);
      }
    } catch (error) {
      const failure = toFailure(error);
      const isReset =
        isSynthaError(error, "CURSOR_COMPACTED") || isSynthaError(error, "INVALID_CURSOR");
      if (!isReset || failure === undefined) throw error;
      this.#stream.send({ type: "reset", ...failure });
      cursor = undefined;
    }
    cursor ??= (await reader.changes({ limit: 1 })).cursor;
    this.#caughtUpTo = cursor;
    this.#sent = cursor;
    this.#stream.send({ type: "ready", position: positionOf(cursor) }, cursor);
  }

  async #sendPending(): Promise<void> {
    await this.#stream.ready();
    const { lens } = this.#options;
    if (this.#pending.length === 0 && (lens?.size ?? 0) === 0) await this.#news();
    const changes = this.#pending.filter((change) => !this.#hasCaughtUpWith(change));
    this.#pending = [];
    await this.#send(changes);
    for (const message of lens?.take() ?? []) this.#stream.send(message);
  }

  async #send(changes: readonly SentChange[]): Promise<void> {
    for (let at = 0; at < changes.length && !this.#stream.isOver; at += BATCH) {
      await this.#stream.ready();
      const batch = changes.slice(at, at + BATCH);
      const marked = (await this.#options.lens?.mark(batch)) ?? batch;
      for (const { message, cursor } of marked) {
        this.#stream.send(message, cursor);
        this.#sent = cursor;
      }
    }
  }

  /** The feed brings these as well: it may even have read less of the log. */
  #hasCaughtUpWith({ cursor }: SentChange): boolean {
    return this.#caughtUpTo !== undefined && !isAfter(cursor, this.#caughtUpTo);
  }

  /** Resolves at the next change, or at the end. */
  async #news(): Promise<void> {
    if (this.#stream.isOver) return;
    this.#isIdle = true;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#isIdle = false;
  }

  #listenerOf(add: (change: SentChange) => void): FeedListener {
    return {
      onChange: (change) => {
        add(change);
        const waiting = Math.max(this.#pending.length, this.#options.lens?.size ?? 0);
        if (waiting > MAX_PENDING) this.#lag();
        this.#close();
      },
      onConnection: (connected) => this.#stream.send({ type: "connection", connected }),
      onEnd: (error) => {
        this.#fail(error);
        this.close();
      },
    };
  }

  /** The client resumes by its last id, which is what it has read. */
  #lag(): void {
    this.#stream.send({ type: "lagged" });
    this.close();
  }

  #tick(): void {
    this.#ticks++;
    if (this.#ticks % TICKS_PER_COMMENT === 0) this.#stream.comment();
    const ticksPerCheck = Math.max(1, Math.round(this.#options.reauthorizeMs / TICK_MS));
    if (this.#ticks % ticksPerCheck === 0) void this.#checkAllowed();
    const { cursor } = this.#options.feed;
    if (!this.#isIdle || this.#pending.length > 0) return;
    if (cursor === undefined || this.#sent === undefined) return;
    if (positionOf(cursor) <= positionOf(this.#sent)) return;
    this.#sent = cursor;
    this.#stream.send({ type: "head", position: positionOf(cursor) }, cursor);
  }

  async #checkAllowed(): Promise<void> {
    try {
      if (await this.#options.isAllowed()) return;
    } catch (error) {
      // Whether the person may still look can't be known, so that the answer is no.
      this.#options.onError(error as Error);
    }
    this.close();
  }

  /** After CURSOR_COMPACTED the client resumes, and receives `reset` then. */
  #fail(error: unknown): void {
    if (error === undefined || isSynthaError(error, "CURSOR_COMPACTED")) return;
    // It passes by itself: the client connects again.
    if (isSynthaError(error) && error.retryable)
      return this.#stream.send({ type: "connection", connected: false });
    const failure = toFailure(error);
    if (failure === undefined) this.#options.onError(error as Error);
    this.#stream.send({ type: "failed", ...(failure ?? SERVER_FAILED) });
  }
}
