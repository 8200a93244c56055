import type { ConnectionListener } from "../connection/connection-change.ts";
import { Reconnector } from "../connection/reconnector.ts";
import { corruptEntry } from "../error/corrupt-data.ts";
import type { CorruptChange, LogEntry, PriorAudience } from "../log/change.ts";
import { type Cursor, toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Session } from "../session/session.ts";
import type { LogPage } from "../storage/query.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { toItem } from "../view/item.ts";
import {
  byCommit,
  type CommitSubscriptions,
  mayChangeSubscriptions,
  type Subscribed,
  subscribedAfter,
} from "./commit-subscriptions.ts";
import { LogReader } from "./log-reader.ts";
import { Outbox } from "./outbox.ts";
import { corruptView, orCorrupt, toWatchChange, visibleChange } from "./visible-change.ts";
import type { Watch, WatchChange } from "./watch-change.ts";
import type { WatchFilter } from "./watch-filter.ts";
import { itemsEnteringView, keysLeavingView, visibleAt } from "./watch-view.ts";

const NO_TOPICS: Subscribed = new Set();

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
  readonly #ended = new AbortController();
  #subscribed: CommitSubscriptions = { position: -1, before: NO_TOPICS, after: NO_TOPICS };
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
    return this.#ended.signal.aborted;
  }

  async #run(plan: WatchPlan): Promise<void> {
    if (this.#hasEnded) return;
    let leave: (() => void) | undefined;
    try {
      const start = await this.#log.start(plan.since);
      const position: LogPosition = plan.initial ? { ...start, initial: true } : start;
      if (!plan.once) leave = this.#session.logTail.join(() => this.#wake());
      this.#outbox.start(position);
      await this.#readSubscriptions(position);
      if (position.initial) await this.#offerInitial(position);
      else this.#isLive = plan.since === undefined;
      while (!this.#hasEnded) {
        this.#hasCommit = false;
        if (!this.#isLive) await this.#outbox.room();
        const page = await this.#log.page(this.#outbox.readTo as LogPosition);
        this.#time = page.now;
        await this.#offerPage(page);
        if (plan.once && page.isHead) return;
        this.#isLive = page.isHead;
        if (page.isHead) await this.#nextCommit();
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

  async #readSubscriptions({ position, done }: LogPosition): Promise<void> {
    const after = await this.#log.subscribedAt(position);
    const before = done === "all" ? after : await this.#log.subscribedAt(position - 1);
    this.#subscribed = { position, before, after };
  }

  async #offerInitial(start: LogPosition): Promise<void> {
    const view = this.#log.viewAt(start.position);
    for await (const [row, now] of visibleAt(view, this.#subscribed.after, start.key)) {
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

  async #offerPage(page: LogPage): Promise<void> {
    const now = await this.#subscribedNow(page);
    for (const entries of byCommit(page.entries)) {
      const [{ position }] = entries as [LogEntry];
      if (position !== this.#subscribed.position) {
        const before = this.#subscribed.after;
        const after = subscribedAfter(this.#filter.actor, before, entries);
        this.#subscribed = { position, before, after };
      }
      for (const entry of entries) {
        if (this.#hasEnded) return;
        await this.#offerEntry(entry, page, now);
      }
    }
    this.#outbox.skipTo(page.end);
  }

  /** Subscriptions at the snapshot of a page: those after its last entry, if it reaches the head undamaged. */
  async #subscribedNow({ isHead, entries }: LogPage): Promise<Subscribed> {
    if (!isHead || entries.some(({ change }) => mayChangeSubscriptions(change)))
      return this.#log.subscribedAt();
    let { after } = this.#subscribed;
    for (const commit of byCommit(entries))
      after = subscribedAfter(this.#filter.actor, after, commit);
    return after;
  }

  async #offerEntry(entry: LogEntry, page: LogPage, now: Subscribed): Promise<void> {
    const { position, index, commitId, change } = entry;
    const start: LogPosition = { epoch: page.epoch, position, commitId, done: index };
    const end: LogPosition = { ...start, done: index + 1 };
    if (
      (change.type === "subscribe" || change.type === "unsubscribe") &&
      change.agent === this.#filter.actor
    ) {
      if (change.type === "subscribe") await this.#offerEntering(change.topics, start);
      else await this.#offerLeaving(change.topics, start);
      return this.#outbox.skipTo(end);
    }
    if (change.type === "corrupt") return this.#offerCorrupt(change, entry.current, end, now);
    const visible = visibleChange(this.#filter, entry, this.#subscribed, now);
    if (visible === undefined) return this.#outbox.skipTo(end);
    if (!this.#isLive) await this.#outbox.room();
    this.#offer((cursor) => toWatchChange(visible, page.now, cursor), end);
  }

  async #offerCorrupt(
    change: CorruptChange,
    current: PriorAudience | null,
    end: LogPosition,
    now: Subscribed,
  ): Promise<void> {
    const { position } = end;
    if (mayChangeSubscriptions(change)) {
      const after = await this.#log.subscribedAt(position);
      this.#subscribed = { position, before: this.#subscribed.before, after };
    }
    const view = corruptView(this.#filter, change, current, this.#subscribed, now);
    if (view === undefined) return this.#outbox.skipTo(end);
    if (!this.#isLive) await this.#outbox.room();
    const error = corruptEntry(position, view.key);
    this.#offer((cursor) => ({ type: "corrupt", key: view.key ?? undefined, error, cursor }), end);
  }

  async #offerEntering(topics: readonly string[], entry: LogPosition): Promise<void> {
    const view = this.#log.viewAt(entry.position);
    const resumed = this.#resumedKey(entry);
    for await (const [row, now] of itemsEnteringView(view, topics, this.#subscribed, resumed)) {
      await this.#outbox.room();
      if (this.#hasEnded) return;
      this.#offerPut(row, now, { ...entry, key: row.key });
    }
  }

  async #offerLeaving(topics: readonly string[], entry: LogPosition): Promise<void> {
    const view = this.#log.viewAt(entry.position);
    const resumed = this.#resumedKey(entry);
    for (const key of await keysLeavingView(view, entry, topics, this.#subscribed)) {
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

  async #nextCommit(): Promise<void> {
    if (this.#hasCommit || this.#hasEnded) return;
    await new Promise<void>((resolve) => {
      this.#onCommit = resolve;
    });
    this.#onCommit = undefined;
  }
}
