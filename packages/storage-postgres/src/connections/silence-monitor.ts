import type { Link } from "./link.ts";

// As they were when this module was loaded: a test's fake clock must not make a call hang.
const { setTimeout: systemSetTimeout } = globalThis;

/** After so many looks without a byte, the server is asked whether it works on a connection's statement. */
const QUIET_LOOKS = 3;
/** When it has said no so often, the connection is given up. */
const DENIALS = 2;
const LONGEST_LOOK_MS = 1_000;

interface Silence {
  readonly mark: string;
  looks: number;
  denials: number;
}

/** Tells which of these processes of the server are at work; undefined when the server can't be asked. */
export type AskActive = (processIds: readonly number[]) => Promise<ReadonlySet<number> | undefined>;

/**
 * Finds connections that will never answer, because something on the way has forgotten them without a word to either
 * side, within half of `busyTimeout` or so. A slow statement looks the same from here; so the server is asked on another
 * connection whether the process is at work. Where it is not, and still no byte arrives, the connection is given up.
 */
export class SilenceMonitor {
  readonly #links: () => Iterable<Link>;
  readonly #askActive: AskActive;
  readonly #lookMs: number;
  /** So often for a connection that has not even begun: what does its statements is not known yet. */
  readonly #mostLooks: number;
  #silences = new Map<Link, Silence>();
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
    // What waits for an answer keeps the process alive, not this.
    systemSetTimeout(() => void this.#look(), this.#lookMs).unref();
  }

  async #look(): Promise<void> {
    const before = this.#silences;
    this.#silences = new Map();
    for (const link of this.#links()) {
      const { waitMark: mark } = link;
      if (mark === undefined) continue;
      const known = before.get(link);
      const silence = known?.mark === mark ? known : { mark, looks: 0, denials: 0 };
      silence.looks++;
      this.#silences.set(link, silence);
    }
    this.#isLooking = this.#silences.size > 0;
    const quiet = [...this.#silences].filter(([, { looks }]) => looks > QUIET_LOOKS);
    for (const [link, { looks }] of quiet)
      if (link.processId === undefined && looks > this.#mostLooks) link.giveUp();
    await this.#ask(quiet.filter(([{ processId }]) => processId !== undefined));
    if (this.#isLooking) this.#later();
  }

  async #ask(quiet: readonly (readonly [Link, Silence])[]): Promise<void> {
    if (quiet.length === 0) return;
    const active = await this.#askActive(quiet.map(([{ processId }]) => processId as number));
    if (active === undefined) return;
    for (const [link, silence] of quiet) {
      if (link.waitMark !== silence.mark) continue;
      if (active.has(link.processId as number)) silence.denials = 0;
      else if (++silence.denials >= DENIALS) link.giveUp();
    }
  }
}
