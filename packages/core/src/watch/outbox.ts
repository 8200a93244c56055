import { type Cursor, toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { WatchChange } from "./watch-change.ts";

/** A change, or what makes it when it is taken. */
type Offered = WatchChange | (() => WatchChange);

type Taken = IteratorResult<WatchChange, undefined>;
const END: Taken = { done: true, value: undefined };

/** The bounded buffer between a watch and its reader; what does not fit is counted as `lagged`. */
export class Outbox {
  readonly #capacity: number;
  readonly #changes: Offered[] = [];
  readonly #takers: { resolve: (taken: Taken) => void; reject: (error: unknown) => void }[] = [];
  #waitingForRoom: (() => void)[] = [];
  #dropped = 0;
  #resumeAt: Cursor | undefined;
  #hasEnded = false;
  #error: { readonly cause: unknown } | undefined;
  /** The cursor of the last change taken, or the position that the watch started at. */
  #taken: Cursor | undefined;
  /** How far the log was read. Fixed once the watch has ended. */
  #readTo: LogPosition | undefined;
  /** Whether changes between `#taken` and `#readTo` were dropped, or discarded at the end. */
  #hasGap = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Everything up to it was taken, or is not shown by this watch. Undefined until the watch has started. */
  get cursor(): Cursor | undefined {
    const isTaken = this.#changes.length === 0 && this.#dropped === 0 && !this.#hasGap;
    return isTaken && this.#readTo !== undefined ? toCursor(this.#readTo) : this.#taken;
  }

  get readTo(): LogPosition | undefined {
    return this.#readTo;
  }

  start(position: LogPosition): void {
    this.#readTo = position;
    this.#taken = toCursor(position);
  }

  /** The log was read up to this position, and the watch shows nothing of it. */
  skipTo(position: LogPosition): void {
    if (!this.#hasEnded) this.#readTo = position;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether this many more changes fit, even if none is taken meanwhile. */
  fits(count: number): boolean {
    return this.#dropped === 0 && this.#changes.length + count <= this.#capacity;
  }

  get hasRoom(): boolean {
    return this.fits(1);
  }

  /** Resolves when one more change fits, or the watch has ended. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.#hasEnded)
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
  }

  /** @param position the position after the change */
  offer(offered: Offered, position: LogPosition): void {
    if (this.#hasEnded) return;
    if (this.#takers.length > 0) {
      const change = made(offered);
      this.#noteTaken(change);
      this.#takers.shift()?.resolve({ done: false, value: change });
    } else if (this.hasRoom) {
      this.#changes.push(offered);
    } else if (this.#dropped++ === 0) {
      this.#resumeAt = toCursor(this.#readTo as LogPosition);
    }
    this.#readTo = position;
  }

  take(): Promise<Taken> {
    const offered = this.#changes.shift();
    if (offered === undefined) {
      if (this.#error !== undefined) {
        const { cause } = this.#error;
        this.#error = undefined;
        return Promise.reject(cause);
      }
      if (this.#hasEnded) return Promise.resolve(END);
      return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
    }
    let change: WatchChange;
    try {
      change = made(offered);
    } catch (cause) {
      this.discard();
      return Promise.reject(cause as Error);
    }
    this.#addLagged();
    this.#noteTaken(change);
    this.#notifyRoom();
    return Promise.resolve({ done: false, value: change });
  }

  /** Accepts nothing more; changes that wait can still be taken, and after them the error, once. */
  end(error?: { readonly cause: unknown }): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const first = error === undefined ? undefined : this.#takers.shift();
    if (first !== undefined) first.reject(error?.cause);
    else this.#error = error;
    for (const { resolve } of this.#takers.splice(0)) resolve(END);
    this.#notifyRoom();
  }

  /** Ends, and drops the changes that wait. */
  discard(): void {
    this.#hasGap ||= this.#changes.length > 0 || this.#dropped > 0;
    this.#changes.length = 0;
    this.#dropped = 0;
    this.end();
    this.#error = undefined;
  }

  #noteTaken(change: WatchChange): void {
    this.#taken = change.cursor;
    this.#hasGap = change.type === "lagged";
  }

  /** Extends the last gap rather than adding another: gaps alone would fill the buffer of a slow reader. */
  #addLagged(): void {
    if (this.#dropped === 0) return;
    const last = this.#changes.at(-1);
    if (typeof last === "object" && last.type === "lagged") {
      const dropped = last.dropped + this.#dropped;
      this.#changes.splice(-1, 1, { ...last, dropped });
    } else {
      const cursor = this.#resumeAt as Cursor;
      this.#changes.push({ type: "lagged", dropped: this.#dropped, cursor });
    }
    this.#dropped = 0;
  }

  #notifyRoom(): void {
    const waiting = this.#waitingForRoom;
    this.#waitingForRoom = [];
    for (const resolve of waiting) resolve();
  }
}

function made(offered: Offered): WatchChange {
  return typeof offered === "function" ? offered() : offered;
}
