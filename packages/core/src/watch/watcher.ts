import type { ConnectionListener } from "../connection/connection-change.ts";
import { Reconnector } from "../connection/reconnector.ts";
import { toCursor, type Cursor } from "../log/cursor.ts";
import { corruptEntry } from "../error/corrupt-data.ts";
import type { CorruptChange, LogEntry } from "../log/change.ts";
import type { LogPosition } from "../log/log-position.ts";
import { toItem } from "../view/item.ts";
import type { Session } from "../session/session.ts";
import type { LogPage } from "../storage/query.ts";
import type { ItemRow } from "../model/item-row.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { byCommit } from "./by-commit.ts";
import { itemsEnteringView, keysLeavingView, visibleAt } from "./watch-view.ts";
import { LogReader } from "./log-reader.ts";
import {
  corruptView,
  type WatchFilter,
  mayHideSubscriptions,
  visibleChange,
  type Subscribed,
  subscribedAfter,
} from "./watch-filter.ts";
import { Outbox } from "./outbox.ts";
import { orCorrupt, toChange } from "./to-change.ts";
import type { Watch, WatchChange } from "./watch-change.ts";

const NOBODY: Subscribed = new Set();

/** Subscriptions on both sides of one commit. */
interface Sides {
  readonly position: number;
  readonly before: Subscribed;
  readonly after: Subscribed;
}

export interface WatchPlan {
  readonly filter: WatchFilter;
  readonly since: Cursor | undefined;
  readonly initial: boolean;
  readonly buffer: number;
  readonly signal: AbortSignal | undefined;
  readonly onConnectionChange?: ConnectionListener | undefined;
  /** Ends at the log's end, as the storage gives it now, and meets a failure at once: one reading instead of a feed. */
  readonly once?: boolean | undefined;
}

/** Reads the log for one reader and hands on what it sees. */
export class Watcher implements Watch {
  readonly #session: Session;
  readonly #filter: WatchFilter;
  readonly #outbox: Outbox;
  readonly #end = new AbortController();
  #sides: Sides = { position: -1, before: NOBODY, after: NOBODY };
  /** At the log's end, news comes in whether there is room or not; on the way there, reading waits for room. */
  #isLive = false;
  #hasNews = false;
  #onNews: (() => void) | undefined;
  readonly #log: LogReader;
  /** The tenant's time when the log was read last. */
  #time = 0;

  constructor(session: Session, plan: WatchPlan) {
    this.#session = session;
    this.#filter = plan.filter;
    const { connection, tenantId } = session;
    const reconnector = plan.once
      ? undefined
      : new Reconnector(connection, tenantId, plan.onConnectionChange);
    this.#log = new LogReader(session, plan.filter, reconnector);
    this.#outbox = new Outbox(plan.buffer);
    const stop = (): void => this.#stop();
    const signals = [session.storage.closing, ...(plan.signal ? [plan.signal] : [])];
    for (const signal of signals) {
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true, signal: this.#end.signal });
    }
    void session.storage.tasks.run(() => this.#run(plan));
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
    this.#end.abort();
    this.#outbox.discard();
    this.#log.stop();
    this.#onNews?.();
  }

  get #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  async #run(plan: WatchPlan): Promise<void> {
    if (this.#isOver) return;
    let leave: (() => void) | undefined;
    try {
      const start = await this.#log.start(plan.since);
      let place: LogPosition = plan.initial ? { ...start, initial: true } : start;
      if (!plan.once) leave = this.#session.logTail.join(() => this.#wake());
      this.#outbox.start(place);
      await this.#lookBack(place);
      if (place.initial) place = await this.#giveInitial(place);
      else this.#isLive = plan.since === undefined;
      while (!this.#isOver) {
        this.#hasNews = false;
        if (!this.#isLive) await this.#outbox.room();
        const page = await this.#log.page(this.#outbox.place as LogPosition);
        this.#time = page.now;
        await this.#give(page);
        if (plan.once && page.isHead) return;
        this.#isLive = page.isHead;
        if (page.isHead) await this.#news();
      }
    } catch (cause) {
      this.#outbox.end({ cause });
    } finally {
      leave?.();
      this.#log.stop();
      this.#outbox.end();
      this.#end.abort();
    }
  }

  /** Finds the subscriptions as they stood at a place. */
  async #lookBack({ position, done }: LogPosition): Promise<void> {
    const after = await this.#log.subscribedAt(position);
    const before = done === "all" ? after : await this.#log.subscribedAt(position - 1);
    this.#sides = { position, before, after };
  }

  async #giveInitial(place: LogPosition): Promise<LogPosition> {
    const view = this.#log.viewAt(place.position);
    for await (const [row, now] of visibleAt(view, this.#sides.after, place.key)) {
      await this.#outbox.room();
      if (this.#isOver) return place;
      this.#put(row, now, { ...place, key: row.key });
    }
    const { key: _, initial: __, ...after } = place;
    // What was written meanwhile was left out, for the log to tell: it must still be able to.
    await this.#log.check(after);
    await this.#outbox.room();
    this.#emit((cursor) => ({ type: "ready", cursor }), after);
    return after;
  }

  async #give(page: LogPage): Promise<void> {
    let { after } = this.#sides;
    for (const entries of byCommit(page.entries))
      after = subscribedAfter(this.#filter.actor, after, entries);
    const isFolded =
      page.isHead && !page.entries.some(({ change }) => mayHideSubscriptions(change));
    const now = isFolded ? after : await this.#log.subscribedAt();
    for (const entries of byCommit(page.entries)) {
      const [{ position }] = entries as [LogEntry];
      if (position !== this.#sides.position) {
        const before = this.#sides.after;
        this.#sides = {
          position,
          before,
          after: subscribedAfter(this.#filter.actor, before, entries),
        };
      }
      for (const entry of entries) {
        if (this.#isOver) return;
        await this.#giveEntry(entry, page, now);
      }
    }
    this.#outbox.pass(page.end);
  }

  async #giveEntry(entry: LogEntry, { epoch, now: time }: LogPage, now: Subscribed): Promise<void> {
    const { position, index, commitId, change } = entry;
    const inside: LogPosition = { epoch, position, commitId, done: index };
    const behind: LogPosition = { ...inside, done: index + 1 };
    if (
      (change.type === "subscribe" || change.type === "unsubscribe") &&
      change.agent === this.#filter.actor
    ) {
      await this.#expand(change, inside);
      this.#outbox.pass(behind);
      return;
    }
    if (change.type === "corrupt") return this.#giveCorrupt(change, position, behind, now);
    const seen = visibleChange(this.#filter, entry, this.#sides.before, this.#sides.after, now);
    if (seen === undefined) {
      this.#outbox.pass(behind);
      return;
    }
    if (!this.#isLive) await this.#outbox.room();
    this.#emit((cursor) => toChange(seen, time, cursor), behind);
  }

  /** What a damaged entry said is lost: it is reported, as far as the reader may know of it, and passed. */
  async #giveCorrupt(
    change: CorruptChange,
    position: number,
    behind: LogPosition,
    now: Subscribed,
  ): Promise<void> {
    const { before } = this.#sides;
    if (mayHideSubscriptions(change)) {
      const after = await this.#log.subscribedAt(position);
      this.#sides = { position, before, after };
    }
    const shown = corruptView(this.#filter, change, before, this.#sides.after, now);
    if (shown === undefined) return this.#outbox.pass(behind);
    if (!this.#isLive) await this.#outbox.room();
    const error = corruptEntry(position, shown.key);
    this.#emit(
      (cursor) => ({ type: "corrupt", key: shown.key ?? undefined, error, cursor }),
      behind,
    );
  }

  /** What the reader's own subscribing brings into sight, or its unsubscribing takes out of it. */
  async #expand(
    { type, topics }: { type: "subscribe" | "unsubscribe"; topics: readonly string[] },
    inside: LogPosition,
  ): Promise<void> {
    const { position, before, after } = this.#sides;
    const view = this.#log.viewAt(position);
    const { place } = this.#outbox;
    const resumed =
      place?.position === position && place.done === inside.done ? place.key : undefined;
    if (type === "subscribe") {
      for await (const [row, now] of itemsEnteringView(view, topics, before, after, resumed)) {
        await this.#outbox.room();
        if (this.#isOver) return;
        this.#put(row, now, { ...inside, key: row.key });
      }
      return;
    }
    for (const key of await keysLeavingView(view, inside, topics, before, after)) {
      if (resumed !== undefined && compareCodePoints(key, resumed) <= 0) continue;
      await this.#outbox.room();
      if (this.#isOver) return;
      this.#emit((cursor) => ({ type: "hide", key, cursor }), { ...inside, key });
    }
  }

  #put(row: ItemRow, now: number, behind: LogPosition): void {
    this.#emit((cursor) => ({ type: "put", item: toItem(row, now), cursor }), behind);
  }

  #emit(change: (cursor: Cursor) => WatchChange, behind: LogPosition): void {
    const cursor = toCursor(behind);
    this.#outbox.offer(
      orCorrupt(() => change(cursor), cursor),
      behind,
    );
  }

  #wake(): void {
    this.#hasNews = true;
    this.#onNews?.();
  }

  async #news(): Promise<void> {
    if (this.#hasNews || this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#onNews = resolve;
    });
    this.#onNews = undefined;
  }
}
