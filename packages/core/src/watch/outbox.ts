import { type Cursor, toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { WatchChange } from "./watch-change.ts";

type Taken = IteratorResult<WatchChange, undefined>;
const END: Taken = { done: true, value: undefined };

/** What a watch has found and its reader has not taken yet: bounded, and honest about what did not fit. */
export class Outbox {
  readonly #capacity: number;
  readonly #changes: WatchChange[] = [];
  readonly #takers: { resolve: (taken: Taken) => void; reject: (error: unknown) => void }[] = [];
  #roomMakers: (() => void)[] = [];
  #dropped = 0;
  #resumeAt: Cursor | undefined;
  #ended = false;
  #error: { readonly cause: unknown } | undefined;
  /** The cursor of the last change taken, or the position that the watch started at. */
  #taken: Cursor | undefined;
  /** How far the log was read. Stands still once the watch has ended. */
  #place: LogPosition | undefined;
  /** Changes between `#taken` and `#place` were dropped, or discarded at the end. */
  #hasGap = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Everything up to it was taken, or is not shown by this watch. Undefined until the watch has started. */
  get cursor(): Cursor | undefined {
    const isTaken = this.#changes.length === 0 && this.#dropped === 0 && !this.#hasGap;
    return isTaken && this.#place !== undefined ? toCursor(this.#place) : this.#taken;
  }

  get place(): LogPosition | undefined {
    return this.#place;
  }

  start(place: LogPosition): void {
    this.#place = place;
    this.#taken = toCursor(place);
  }

  /** The log was read up to `place`, and nothing in between is shown. */
  pass(place: LogPosition): void {
    if (!this.#ended) this.#place = place;
  }

  get hasRoom(): boolean {
    return this.#dropped === 0 && this.#changes.length < this.#capacity;
  }

  /** Settles when one more fits, or the watch has ended. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.#ended)
      await new Promise<void>((resolve) => this.#roomMakers.push(resolve));
  }

  /** The log was read up to `place`, the position after this change. */
  offer(change: WatchChange, place: LogPosition): void {
    if (this.#ended) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      this.#take(change);
      taker.resolve({ done: false, value: change });
    } else if (this.hasRoom) {
      this.#changes.push(change);
    } else if (this.#dropped++ === 0) {
      this.#resumeAt = toCursor(this.#place as LogPosition);
    }
    this.#place = place;
  }

  take(): Promise<Taken> {
    const change = this.#changes.shift();
    if (change === undefined) {
      if (this.#error !== undefined) {
        const { cause } = this.#error;
        this.#error = undefined;
        return Promise.reject(cause);
      }
      if (this.#ended) return Promise.resolve(END);
      return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
    }
    this.#emitLagged();
    this.#take(change);
    this.#letIn();
    return Promise.resolve({ done: false, value: change });
  }

  /** Nothing more comes; what waits can still be taken, and after it the error, once. */
  end(error?: { readonly cause: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    const first = error === undefined ? undefined : this.#takers.shift();
    if (first !== undefined) first.reject(error?.cause);
    else this.#error = error;
    for (const { resolve } of this.#takers.splice(0)) resolve(END);
    this.#letIn();
  }

  /** Ends and forgets what waits. */
  discard(): void {
    this.#hasGap ||= this.#changes.length > 0 || this.#dropped > 0;
    this.#changes.length = 0;
    this.#dropped = 0;
    this.end();
    this.#error = undefined;
  }

  #take(change: WatchChange): void {
    this.#taken = change.cursor;
    this.#hasGap = change.type === "lagged";
  }

  /** As one gap, however long it grows: gaps alone would fill the buffer of a reader that takes as fast as news comes. */
  #emitLagged(): void {
    if (this.#dropped === 0) return;
    const last = this.#changes.at(-1);
    const gap: WatchChange =
      last?.type === "lagged"
        ? { ...last, dropped: last.dropped + this.#dropped }
        : { type: "lagged", dropped: this.#dropped, cursor: this.#resumeAt as Cursor };
    if (last?.type === "lagged") this.#changes.pop();
    this.#changes.push(gap);
    this.#dropped = 0;
  }

  #letIn(): void {
    const makers = this.#roomMakers;
    this.#roomMakers = [];
    for (const resolve of makers) resolve();
  }
}
