import { SynthaError } from "@syntha/core";
import { InFlightCounter, isTurnDue, KeyedQueue, nextTurn } from "@syntha/core/storage";
import { isBusy, toFailure } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { monotonicNow } from "./monotonic-now.ts";
import { retryWhileBusy } from "./retry-while-busy.ts";
import type { SyncStorage } from "../sync-storage.ts";
import { loadDriver, Session } from "./session.ts";

/**
 * Runs reads and writes on the open database. The driver is synchronous, so most work runs within the call; the rest
 * waits and is retried.
 *
 * States of the storage:
 * - *closed*: no session. Reads and writes reject with CLOSED. Opening waits for a close that is in progress.
 * - *opening*: still no session. A locked file is tried again until `busyTimeout`; then the state is *closed* again.
 * - *open*: there is a session, which has its own states ({@link Session}). Opening again does nothing.
 * - *closing*: no session, so new work rejects with CLOSED. Waiting work finishes; then the database is closed.
 *
 * States of a call while the storage is *open*:
 * - *running*: within the call, unless one of the next two applies.
 * - *yielding*: the event loop was blocked for 10 ms; the call runs after a turn of it.
 * - *locked*: another connection has the lock; the call is retried with growing pauses until `busyTimeout`.
 *
 * A write that comes while another one is *yielding* or *locked* is queued after it, so writes keep their order. Reads are
 * not queued: each one waits alone.
 */
export class Access {
  readonly #settings: Settings;
  /** Openings and closings in one queue, writes in another. */
  readonly #queue = new KeyedQueue<"lifecycle" | "write">();
  readonly #waitingReads = new InFlightCounter();
  readonly #waitingWrites = new InFlightCounter();
  #session: Session | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @param onOpened Called with the session, unless the database was open already. */
  open(onOpened: (session: Session) => void): Promise<void> {
    return this.#queue.run("lifecycle", async () => {
      if (this.#session?.isOpen) return;
      const settings = await loadDriver(this.#settings);
      const session = await retryWhileBusy(this.#deadline(), () => new Session(settings));
      this.#session = session;
      onOpened(session);
    });
  }

  /** @param onClosed Called when no work is left, before the database is closed. */
  close(onClosed: () => void): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    return this.#queue.run("lifecycle", async () => {
      // An opening was in progress when `close` was called.
      const openedLate = this.#session;
      this.#session = undefined;
      await Promise.all([this.#waitingReads.idle(), this.#waitingWrites.idle()]);
      onClosed();
      session?.close();
      openedLate?.close();
    });
  }

  async read<T>(work: (storage: SyncStorage) => T): Promise<T> {
    const session = this.#openSession();
    const deadline = this.#deadline();
    const attempt = (): T => work(session.forRead());
    const isDue = isTurnDue();
    if (!isDue) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error)) throw toFailure(error);
      }
    }
    return this.#waitingReads.run(async () => {
      if (isDue) await nextTurn();
      return retryWhileBusy(deadline, attempt);
    });
  }

  async write<T>(work: (storage: SyncStorage) => T): Promise<T> {
    const session = this.#openSession();
    const deadline = this.#deadline();
    const attempt = (): T => work(session.forWrite());
    const isDue = isTurnDue();
    const isFirst = this.#waitingWrites.count === 0;
    if (isFirst && !isDue) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error)) throw toFailure(error);
      }
    }
    return this.#waitingWrites.run(() =>
      this.#queue.run("write", async () => {
        if (isFirst && isDue) await nextTurn();
        return retryWhileBusy(deadline, attempt);
      }),
    );
  }

  #openSession(): Session {
    if (this.#session?.isOpen) return this.#session;
    throw new SynthaError("CLOSED", "This storage is closed.", {
      hint: "Open it again, or create another mesh with it.",
    });
  }

  #deadline(): number {
    return monotonicNow() + this.#settings.busyMs;
  }
}
