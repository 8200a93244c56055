import type { ConnectionListener } from "../connection/connection-change.ts";
import { Reconnector } from "../connection/reconnector.ts";
import { corruptEntry } from "../error/corrupt-data.ts";
import type { CorruptChange, PriorAudience, StoredChange } from "../log/change.ts";
import { type Cursor, toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Session } from "../session/session.ts";
import type { TailEntry, TailPage } from "../session/tail-page.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { toItem } from "../view/item.ts";
import { mayChangeSubscriptions, type Subscribed } from "./commit-subscriptions.ts";
import { LogReader } from "./log-reader.ts";
import { Outbox } from "./outbox.ts";
import { SubscriptionTracker } from "./subscription-tracker.ts";
import { corruptView, orCorrupt, toWatchChange, visibleChange } from "./visible-change.ts";
import type { Watch, WatchChange } from "./watch-change.ts";
import type { WatchFilter } from "./watch-filter.ts";
import { itemsEnteringView, keysLeavingView, visibleAt } from "./watch-view.ts";

export interface WatchPlan {
  readonly filter: WatchFilter;
  readonly since: Cursor | undefined;
  readonly initial: boolean;
  readonly buffer: number;
  readonly signal: AbortSignal | undefined;
  readonly onConnectionChange?: ConnectionListener | undefined;
  /** Ends at the log's end, and fails at once if the storage is unreachable: one reading instead of a feed. */
  readonly once?: boolean | undefined;
}

/**
 * Reads the log for one watch, and offers what it shows to the {@link Outbox}. Its states:
 *
 * - starting: finds the position to start at, before any commit that is requested later, and the subscriptions there;
 * - initial (with `initial`): offers the items visible at that position in key order, then `ready`;
 * - catching up: reads pages of the log, and waits for room in the outbox before each change;
 * - live: at the log's end. It waits for a commit, reads on, and does not wait for room: what does not fit is dropped, and
 *   counted as `lagged`. A page that does not reach the end leads back to catching up;
 * - ended: by its signal, `return()`, the mesh, an error that does not pass by itself, or the log's end (with `once`).
 *
 * It keeps the agent's subscriptions around the commit that it reads. The agent's own change of subscription is expanded:
 * items that it brings into view are offered as `put`, those that it takes out of view as `hide`, each with a cursor inside
 * that log entry, so that a resumed watch continues after it.
 */
export class Watcher implements Watch {
  readonly #session: Session;
  readonly #filter: WatchFilter;
  readonly #outbox: Outbox;
  readonly #log: LogReader;
  readonly #subscriptions: SubscriptionTracker;
  readonly #ended = new AbortController();
  #isLive = false;
  /** Whether there was a commit since the last read of the log. */
  #hasCommit = false;
  #onCommit: (() => void) | undefined;
  /** The storage's time at the last read of the log. */
  #time = 0;

  constructor(session: Session, plan: WatchPlan) {
    this.#session = session;
    this.#filter = plan.filter;
    const { connection, tenantId, storage } = session;
    const reconnector = plan.once
      ? undefined
      : new Reconnector(connection, tenantId, plan.onConnectionChange);
    this.#log = new LogReader(session, plan.filter, reconnector);
    this.#subscriptions = new SubscriptionTracker(plan.filter.actor, this.#log);
    this.#outbox = new Outbox(plan.buffer);
    const stop = (): void => this.#stop();
    for (const signal of [storage.closing, plan.signal]) {
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop, { once: true, signal: this.#ended.signal });
    }
    void storage.tasks.run(() => this.#run(plan));
  }

  get cursor(): Cursor | undefined {
    return this.#outbox.cursor;
  }

  get time(): Date {
    return new Date(this.#time);
  }

  next(): Promise<IteratorResult<WatchChange, undefined>> {
    return this.#outbox.take();
  }

  async return(): Promise<IteratorResult<WatchChange, undefined>> {
    this.#stop();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #stop(): void {
    this.#ended.abort();
    this.#outbox.discard();
    this.#log.stop();
    this.#onCommit?.();
  }

  get #hasEnded(): boolean {
    return this.#outbox.hasEnded;
  }

  async #run(plan: WatchPlan): Promise<void> {
    if (this.#hasEnded) return;
    let leave: (() => void) | undefined;
    try {
      const start = await this.#log.start(plan.since);
      const position: LogPosition = plan.initial ? { ...start, initial: true } : start;
      if (!plan.once) leave = this.#session.logTail.join(() => this.#wake());
      this.#outbox.start(position);
      await this.#subscriptions.start(position);
      if (position.initial) await this.#offerInitial(position);
      else this.#isLive = plan.since === undefined;
      while (!this.#hasEnded) {
        this.#hasCommit = false;
        if (!this.#isLive) await this.#outbox.room();
        const read = await this.#log.page(this.#outbox.readTo as LogPosition);
        const { isHead, now, end } = read.page;
        this.#time = now;
        await this.#offerPage(read);
        // Not at once: the cursor of a reader that waited for the last change is first that of the change.
        this.#outbox.skipTo(end);
        if (plan.once && isHead) return;
        this.#isLive = isHead;
        if (isHead && !this.#hasCommit && !this.#hasEnded) await this.#nextCommit();
      }
    } catch (cause) {
      this.#outbox.end({ cause });
    } finally {
      leave?.();
      this.#log.stop();
      this.#outbox.end();
      this.#ended.abort();
    }
  }

  async #offerInitial(start: LogPosition): Promise<void> {
    const view = this.#log.viewAt(start.position);
    for await (const [row, now] of visibleAt(view, this.#subscriptions.around.after, start.key)) {
      await this.#outbox.room();
      if (this.#hasEnded) return;
      this.#offerPut(row, now, { ...start, key: row.key });
    }
    const { key: _, initial: __, ...after } = start;
    // Items written meanwhile were left out: the log must still hold their entries.
    await this.#log.check(after);
    await this.#outbox.room();
    this.#offer((cursor) => ({ type: "ready", cursor }), after);
  }

  async #offerPage(read: TailPage): Promise<void> {
    const { entries } = read;
    const subscribed = this.#subscriptions.at(read);
    const now = subscribed instanceof Promise ? await subscribed : subscribed;
    for (let at = 0; at < entries.length; at++) {
      // The reader gets a turn before a change is dropped.
      if (this.#isLive && !this.#outbox.fits(entries.length - at)) await Promise.resolve();
      if (this.#hasEnded) return;
      this.#subscriptions.advance(read, at);
      const offered = this.#offerEntry(entries[at] as TailEntry, read.page.now, now);
      if (offered !== undefined) await offered;
    }
  }

  /** Returns a promise if it waits. A value is parsed when its change is taken: until then, its entry waits. */
  #offerEntry(read: TailEntry, time: number, now: Subscribed): Promise<void> | undefined {
    const { entry, end } = read;
    const { change } = entry;
    if (change.type === "corrupt") return this.#offerCorrupt(change, entry.current, end, now);
    if (
      (change.type === "subscribe" || change.type === "unsubscribe") &&
      change.agent === this.#filter.actor
    )
      return this.#offerOwn(change, { ...end, done: entry.index }, end);
    const visible = visibleChange(this.#filter, entry, this.#subscriptions.around, now);
    if (visible === undefined) {
      this.#outbox.skipTo(end);
      return undefined;
    }
    // A key does not keep the entry's value in memory.
    const offered =
      visible.type === "put" || visible.type === "event"
        ? (): WatchChange => orCorrupt(() => toWatchChange(visible, time, read.cursor), read.cursor)
        : toWatchChange(visible, time, read.cursor);
    if (!this.#isLive && !this.#outbox.hasRoom)
      return this.#outbox.room().then(() => this.#outbox.offer(offered, end));
    this.#outbox.offer(offered, end);
    return undefined;
  }

  /** The agent's own subscription, or the end of one, and what it brings into view or takes out of it. */
  async #offerOwn(
    { type, topics }: Extract<StoredChange, { type: "subscribe" | "unsubscribe" }>,
    start: LogPosition,
    end: LogPosition,
  ): Promise<void> {
    if (type === "subscribe") await this.#offerEntering(topics, start);
    else await this.#offerLeaving(topics, start);
    this.#outbox.skipTo(end);
  }

  async #offerCorrupt(
    change: CorruptChange,
    current: PriorAudience | null,
    end: LogPosition,
    now: Subscribed,
  ): Promise<void> {
    if (mayChangeSubscriptions(change)) await this.#subscriptions.reread();
    const view = corruptView(this.#filter, change, current, this.#subscriptions.around, now);
    if (view === undefined) return this.#outbox.skipTo(end);
    if (!this.#isLive) await this.#outbox.room();
    const error = corruptEntry(end.position, view.key);
    this.#offer((cursor) => ({ type: "corrupt", key: view.key ?? undefined, error, cursor }), end);
  }

  async #offerEntering(topics: readonly string[], entry: LogPosition): Promise<void> {
    const view = this.#log.viewAt(entry.position);
    const resumed = this.#resumedKey(entry);
    for await (const [row, now] of itemsEnteringView(
      view,
      topics,
      this.#subscriptions.around,
      resumed,
    )) {
      await this.#outbox.room();
      if (this.#hasEnded) return;
      this.#offerPut(row, now, { ...entry, key: row.key });
    }
  }

  async #offerLeaving(topics: readonly string[], entry: LogPosition): Promise<void> {
    const view = this.#log.viewAt(entry.position);
    const resumed = this.#resumedKey(entry);
    for (const key of await keysLeavingView(view, entry, topics, this.#subscriptions.around)) {
      if (resumed !== undefined && compareCodePoints(key, resumed) <= 0) continue;
      await this.#outbox.room();
      if (this.#hasEnded) return;
      this.#offer((cursor) => ({ type: "hide", key, cursor }), { ...entry, key });
    }
  }

  /** The last key offered inside this entry, if the watch was resumed there. */
  #resumedKey({ position, done }: LogPosition): string | undefined {
    const { readTo } = this.#outbox;
    return readTo?.position === position && readTo.done === done ? readTo.key : undefined;
  }

  #offerPut(row: ItemRow, now: number, end: LogPosition): void {
    this.#offer((cursor) => ({ type: "put", item: toItem(row, now), cursor }), end);
  }

  #offer(change: (cursor: Cursor) => WatchChange, end: LogPosition): void {
    const cursor = toCursor(end);
    this.#outbox.offer(
      orCorrupt(() => change(cursor), cursor),
      end,
    );
  }

  #wake(): void {
    this.#hasCommit = true;
    this.#onCommit?.();
  }

  #nextCommit(): Promise<void> {
    return new Promise((resolve) => {
      this.#onCommit = resolve;
    });
  }
}
