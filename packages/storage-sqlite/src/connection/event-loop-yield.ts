// Not the global one, which a test's fake clock replaces.
import { setImmediate } from "node:timers";
import { macrotask } from "@syntha/core/storage";
import { monotonicNow } from "./monotonic-now.ts";

/** How long timers, signals and sockets may wait for the event loop, in milliseconds. */
const MAX_BLOCKED_MS = 10;

/**
 * Yields to the event loop. The driver is synchronous and the mesh's promises resolve in microtasks, so a program that
 * awaits nothing else would starve timers and signals.
 */
export class EventLoopYield {
  #blockedSince: number | undefined;

  /** Whether the event loop has been blocked for too long. */
  get isDue(): boolean {
    const now = monotonicNow();
    if (this.#blockedSince === undefined) {
      this.#blockedSince = now;
      // For most programs the only macrotask: in Node, the first message of a channel takes 30 ms.
      setImmediate(() => {
        this.#blockedSince = undefined;
      });
    }
    return now - this.#blockedSince >= MAX_BLOCKED_MS;
  }

  /** Resolves after one turn of the event loop, to callers in the order of their calls. */
  wait(): Promise<void> {
    return macrotask();
  }
}
