import type { PgConnection } from "./pg-connection.ts";

// As they were when this module was loaded: a test's fake clock must not make a call hang.
const { setTimeout: systemSetTimeout } = globalThis;

/** After this many checks without a byte, the server is asked whether it is executing the connection's statement. */
const SILENT_CHECKS = 3;
/** After this many answers that it is not, the connection is abandoned. */
const IDLE_ANSWERS = 2;
const MAX_CHECK_MS = 1_000;

interface Stall {
  readonly mark: string;
  checks: number;
  idleAnswers: number;
}

/** Returns which of these processes of the server are executing; undefined when the server refuses to say. */
export type AskActive = (processIds: readonly number[]) => Promise<ReadonlySet<number> | undefined>;

/**
 * Finds stalled connections, which will never answer because a router or proxy dropped them without closing either side,
 * within about half of `busyTimeout`. A slow statement looks the same from here, so the server is asked on another
 * connection whether the process is executing. If it is not, and still no byte arrives, the connection is abandoned.
 */
export class StallMonitor {
  readonly #connections: () => Iterable<PgConnection>;
  readonly #isInUse: () => boolean;
  readonly #askActive: AskActive;
  readonly #checkMs: number;
  /** The limit for a connection whose process is not known yet, because its transaction has not begun. */
  readonly #maxChecks: number;
  #stalls = new Map<PgConnection, Stall>();
  #isRunning = false;

  /** @param isInUse Whether any caller uses a connection or waits for one. */
  constructor(
    busyMs: number,
    connections: () => Iterable<PgConnection>,
    isInUse: () => boolean,
    askActive: AskActive,
  ) {
    this.#checkMs = Math.min(Math.ceil(busyMs / 10), MAX_CHECK_MS);
    this.#maxChecks = Math.ceil(busyMs / this.#checkMs);
    this.#connections = connections;
    this.#isInUse = isInUse;
    this.#askActive = askActive;
  }

  /** Checks repeatedly while any connection is in use, also one that waits for no answer at the moment. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule();
  }

  #schedule(): void {
    // The waiting connection keeps the process alive, not this timer.
    systemSetTimeout(() => void this.#check(), this.#checkMs).unref();
  }

  async #check(): Promise<void> {
    const before = this.#stalls;
    this.#stalls = new Map();
    for (const connection of this.#connections()) {
      const { pendingMark: mark } = connection;
      if (mark === undefined) continue;
      const known = before.get(connection);
      const stall = known?.mark === mark ? known : { mark, checks: 0, idleAnswers: 0 };
      stall.checks++;
      this.#stalls.set(connection, stall);
    }
    const quiet = [...this.#stalls].filter(([, { checks }]) => checks > SILENT_CHECKS);
    for (const [connection, { checks }] of quiet)
      if (connection.processId === undefined && checks > this.#maxChecks) connection.abandon();
    await this.#askServer(quiet.filter(([{ processId }]) => processId !== undefined));
    this.#isRunning = this.#isInUse();
    if (this.#isRunning) this.#schedule();
  }

  async #askServer(quiet: readonly (readonly [PgConnection, Stall])[]): Promise<void> {
    if (quiet.length === 0) return;
    const active = await this.#askActive(quiet.map(([{ processId }]) => processId as number));
    if (active === undefined) return;
    for (const [connection, stall] of quiet) {
      if (connection.pendingMark !== stall.mark) continue;
      if (active.has(connection.processId as number)) stall.idleAnswers = 0;
      else if (++stall.idleAnswers >= IDLE_ANSWERS) connection.abandon();
    }
  }
}
