import type { Link } from "./link.ts";

// As they were when this module was loaded: a test's fake clock must not make a call hang.
const { setTimeout: systemSetTimeout } = globalThis;

/** After this many looks without a byte, the server is asked whether it executes the connection's statement. */
const QUIET_LOOKS = 3;
/** After this many denials, the connection is given up. */
const DENIALS = 2;
const LONGEST_LOOK_MS = 1_000;

interface Stall {
  readonly mark: string;
  looks: number;
  denials: number;
}

/** Returns which of these processes of the server are executing; undefined when the server refuses to say. */
export type AskActive = (processIds: readonly number[]) => Promise<ReadonlySet<number> | undefined>;

/**
 * Finds stalled connections, which will never answer because a router or proxy dropped them without closing either side,
 * within about half of `busyTimeout`. A slow statement looks the same from here, so the server is asked on another
 * connection whether the process is executing. If it is not, and still no byte arrives, the connection is given up.
 */
export class StallMonitor {
  readonly #links: () => Iterable<Link>;
  readonly #askActive: AskActive;
  readonly #lookMs: number;
  /** The limit for a connection whose process is not known yet, because its transaction has not begun. */
  readonly #mostLooks: number;
  #stalls = new Map<Link, Stall>();
  #isLooking = false;

  constructor(busyMs: number, links: () => Iterable<Link>, askActive: AskActive) {
    this.#lookMs = Math.min(Math.ceil(busyMs / 10), LONGEST_LOOK_MS);
    this.#mostLooks = Math.ceil(busyMs / this.#lookMs);
    this.#links = links;
    this.#askActive = askActive;
  }

  /** Looks again and again for as long as a connection waits for an answer. */
  start(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#later();
  }

  #later(): void {
    // The connection that waits keeps the process alive, not this timer.
    systemSetTimeout(() => void this.#look(), this.#lookMs).unref();
  }

  async #look(): Promise<void> {
    const before = this.#stalls;
    this.#stalls = new Map();
    for (const link of this.#links()) {
      const { waitMark: mark } = link;
      if (mark === undefined) continue;
      const known = before.get(link);
      const stall = known?.mark === mark ? known : { mark, looks: 0, denials: 0 };
      stall.looks++;
      this.#stalls.set(link, stall);
    }
    this.#isLooking = this.#stalls.size > 0;
    const quiet = [...this.#stalls].filter(([, { looks }]) => looks > QUIET_LOOKS);
    for (const [link, { looks }] of quiet)
      if (link.processId === undefined && looks > this.#mostLooks) link.giveUp();
    await this.#ask(quiet.filter(([{ processId }]) => processId !== undefined));
    if (this.#isLooking) this.#later();
  }

  async #ask(quiet: readonly (readonly [Link, Stall])[]): Promise<void> {
    if (quiet.length === 0) return;
    const active = await this.#askActive(quiet.map(([{ processId }]) => processId as number));
    if (active === undefined) return;
    for (const [link, stall] of quiet) {
      if (link.waitMark !== stall.mark) continue;
      if (active.has(link.processId as number)) stall.denials = 0;
      else if (++stall.denials >= DENIALS) link.giveUp();
    }
  }
}
