import { SynthaError } from "@syntha/core";
import { EventLoopYield } from "./event-loop-yield.ts";
import { isBusy, toFailure } from "../failure.ts";
import { monotonicNow } from "./monotonic-now.ts";
import type { Settings } from "../settings.ts";
import { retryWhileBusy } from "./retry-while-busy.ts";
import { type Prepared, Session } from "./session.ts";

/**
 * The way to the open database. Work is synchronous and mostly done at once; what meets a lock is tried again later,
 * writes in the order in which they came.
 */
export class Access {
  readonly #settings: Settings;
  readonly #yield = new EventLoopYield();
  #session: Session | undefined;
  /** Openings and closings, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  /** Work that waits for a lock, or for the event loop's turn. */
  readonly #waiting = new Set<Promise<unknown>>();
  /** The last write that waits; undefined when none does. */
  #lastWrite: Promise<unknown> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** `whenOpen` gets the session once for each time that it is really opened. */
  open(whenOpen: (session: Session) => void): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#session?.isOpen) return;
      const session = await retryWhileBusy(this.#end(), () => new Session(this.#settings));
      this.#session = session;
      whenOpen(session);
    });
  }

  /** Lets no new work in, and closes when what waits is done. */
  close(whenClosed: () => void): Promise<void> {
    const open = this.#session;
    this.#session = undefined;
    return this.#inTurn(async () => {
      // One that was still being opened when this was called.
      const late = this.#session;
      this.#session = undefined;
      await Promise.allSettled(this.#waiting);
      whenClosed();
      open?.close();
      late?.close();
    });
  }

  async read<T>(work: (prepared: Prepared) => T): Promise<T> {
    const session = this.#opened();
    const end = this.#end();
    const attempt = (): T => work(session.forRead());
    if (this.#yield.isDue)
      return this.#tracked(this.#yield.wait().then(() => retryWhileBusy(end, attempt)));
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw toFailure(error);
    }
    return this.#tracked(retryWhileBusy(end, attempt));
  }

  async write<T>(work: (prepared: Prepared) => T): Promise<T> {
    const session = this.#opened();
    const end = this.#end();
    const attempt = (): T => work(session.forWrite());
    const isDue = this.#yield.isDue;
    if (this.#lastWrite === undefined && !isDue) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error)) throw toFailure(error);
      }
    }
    // Behind whatever waits already, so that no later write overtakes an earlier one.
    const before = this.#lastWrite ?? (isDue ? this.#yield.wait() : Promise.resolve());
    const mine = this.#tracked(before.then(() => retryWhileBusy(end, attempt)));
    const done = mine
      .catch(() => {})
      .then(() => {
        if (this.#lastWrite === done) this.#lastWrite = undefined;
      });
    this.#lastWrite = done;
    return mine;
  }

  #opened(): Session {
    if (this.#session?.isOpen) return this.#session;
    throw new SynthaError("CLOSED", "This storage is closed.", {
      hint: "Open it again, or create another mesh over it.",
    });
  }

  #end(): number {
    return monotonicNow() + this.#settings.busyMs;
  }

  #tracked<T>(promise: Promise<T>): Promise<T> {
    this.#waiting.add(promise);
    const forget = (): void => {
      this.#waiting.delete(promise);
    };
    promise.then(forget, forget);
    return promise;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
