import { macrotask } from "./macrotask.ts";

/** How long timers, signals and sockets may wait for the event loop, in milliseconds. */
const MAX_BLOCKED_MS = 10;

/** In Node, the first message of a channel takes 30 ms: most programs need none. Others have no such function. */
const immediate =
  (globalThis as unknown as { readonly setImmediate?: (run: () => void) => unknown })
    .setImmediate ?? ((run: () => void): unknown => macrotask().then(run));

/**
 * Lets the event loop turn in a busy program: where calls resolve in microtasks, one that awaits nothing else would starve
 * timers and signals, and with them its own sweeps and compactions.
 *
 * @example
 * const turn = this.#yield.wait();
 * if (turn !== undefined) await turn;
 */
export class EventLoopYield {
  readonly #callsPerLook: number;
  #calls = 0;
  #blockedSince: number | undefined;

  /** @param callsPerLook One call of so many looks at the clock: more where a call takes microseconds. */
  constructor(callsPerLook = 1) {
    this.#callsPerLook = callsPerLook;
  }

  /** Called once per call. Returns a promise to wait for before the call, if the event loop was blocked for too long. */
  wait(): Promise<void> | undefined {
    if (++this.#calls < this.#callsPerLook) return undefined;
    this.#calls = 0;
    if (this.#blockedSince !== undefined)
      return performance.now() - this.#blockedSince < MAX_BLOCKED_MS ? undefined : macrotask();
    this.#blockedSince = performance.now();
    immediate(() => {
      this.#blockedSince = undefined;
    });
    return undefined;
  }
}
