import { KeyedListeners, MAX_TIMER_MS, type Unsubscribe } from "@syntha/core/storage";
import { monotonicNow } from "../connection/monotonic-now.ts";
import { FileWatch } from "./file-watch.ts";

/**
 * Pauses in milliseconds after the looks that follow a write to the log, the first of which is made at once. The commit
 * is visible once the log is synced and the log's index says so, neither of which the file system reports.
 */
const PAUSES = [1, 2, 4, 8, 16];
/** The shortest pause between two looks in milliseconds, however often the log is written to. */
const LEAST_PAUSE = 1;

/**
 * After this many looks without a write before them, the interval is {@link QUIET_FACTOR} times as long, if the file
 * system reports writes. The sync of a write that was reported is over by then.
 */
const LOOKS_UNTIL_QUIET = 40;
const QUIET_FACTOR = 20;

/** Where the commits of other connections show. */
export interface CommitSource {
  /** A number that changes with them. Throws while the database can't be read. */
  version(): number;
  /** The file that they write to first; undefined for a database in memory. */
  readonly log: string | undefined;
}

/**
 * Calls the commit listeners of a tenant. Commits of this process are reported by {@link notify}. Those of other
 * connections are looked for as soon as the log is written to and shortly after, and at intervals, in case that was not
 * reported. Neither shows the tenant, so all listeners are called.
 */
export class CommitNotifier {
  readonly #listeners = new KeyedListeners<string>((isActive) =>
    isActive ? this.#poll() : this.#pause(),
  );
  readonly #pollMs: number;
  readonly #keepsAlive: boolean;
  readonly #logWatch = new FileWatch(() => this.#lookAfterWrite());
  #source: CommitSource | undefined;
  #lastVersion: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTimerQuiet = false;
  /** Looks at intervals since the log was last written to. */
  #quietLooks = 0;
  #nextLook: ReturnType<typeof setTimeout> | undefined;
  /** When the next look and the last one are, by {@link monotonicNow}. */
  #nextLookAt = 0;
  #lookedAt = 0;
  /** Looks since the log was last written to. */
  #looks = 0;

  /** @param keepsAlive Whether listeners keep the process alive: not if no other process can commit. */
  constructor(pollMs: number, keepsAlive: boolean) {
    this.#pollMs = pollMs;
    this.#keepsAlive = keepsAlive;
  }

  onCommit(tenant: string, listener: () => void): Unsubscribe {
    return this.#listeners.add(tenant, listener);
  }

  notify(tenant: string): void {
    this.#listeners.emit(tenant);
  }

  /** Starts looking, as long as there is a listener. */
  start(source: CommitSource): void {
    this.#source = source;
    if (this.#listeners.isActive) this.#poll();
  }

  /** Stops looking; listeners stay registered. */
  stop(): void {
    this.#pause();
    this.#source = undefined;
  }

  #poll(): void {
    if (this.#timer !== undefined || this.#source === undefined) return;
    this.#lastVersion = this.#readVersion();
    this.#watchLog();
    this.#quietLooks = 0;
    this.#scheduleInterval();
  }

  get #isQuiet(): boolean {
    return this.#quietLooks >= LOOKS_UNTIL_QUIET && this.#logWatch.isProven;
  }

  #scheduleInterval(): void {
    this.#isTimerQuiet = this.#isQuiet;
    const factor = this.#isTimerQuiet ? QUIET_FACTOR : 1;
    const timer = setTimeout(
      () => {
        this.#quietLooks++;
        this.#compare();
        // A listener may have been the last one, and another one the first again.
        if (this.#timer !== timer) return;
        this.#watchLog();
        this.#scheduleInterval();
      },
      Math.min(factor * this.#pollMs, MAX_TIMER_MS),
    );
    if (!this.#keepsAlive) timer.unref();
    this.#timer = timer;
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearTimeout(this.#nextLook);
    this.#nextLook = undefined;
    this.#logWatch.stop();
  }

  #watchLog(): void {
    const log = this.#source?.log;
    if (log !== undefined) this.#logWatch.start(log);
  }

  #lookAfterWrite(): void {
    this.#quietLooks = 0;
    this.#looks = 0;
    if (this.#isTimerQuiet && this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#scheduleInterval();
    }
    const now = monotonicNow();
    if (now - this.#lookedAt >= LEAST_PAUSE) this.#look();
    else if (this.#nextLook === undefined || this.#nextLookAt > now + LEAST_PAUSE)
      this.#scheduleLook(LEAST_PAUSE);
  }

  #scheduleLook(pauseMs: number): void {
    clearTimeout(this.#nextLook);
    this.#nextLookAt = monotonicNow() + pauseMs;
    this.#nextLook = setTimeout(() => this.#look(), pauseMs).unref();
  }

  #look(): void {
    this.#compare();
    // The time that listeners take is no part of the pause.
    this.#lookedAt = monotonicNow();
    // A listener may have been the last one.
    if (this.#timer === undefined) return;
    const pauseMs = PAUSES[this.#looks++];
    if (pauseMs !== undefined) this.#scheduleLook(pauseMs);
    else this.#nextLook = undefined;
  }

  #compare(): void {
    const version = this.#readVersion();
    if (version === this.#lastVersion) return;
    this.#lastVersion = version;
    this.#listeners.emitAll();
  }

  /** Undefined while the database can't be read: listeners are called then too, so that their reads get the error. */
  #readVersion(): number | undefined {
    try {
      return this.#source?.version();
    } catch {
      return undefined;
    }
  }
}
