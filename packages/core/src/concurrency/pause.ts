/** The longest delay that a timer supports, in milliseconds; a longer one fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

// Read when this module is loaded: a fake clock that a test installs later does not replace these.
const { setTimeout: systemSetTimeout, clearTimeout: systemClearTimeout } = globalThis;

/** Resolves after a delay, or as soon as the signal aborts; it never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return wait(ms, signal, setTimeout, clearTimeout);
}

/** {@link pause} on the system's timers, for delays inside a call: a fake clock must not make a call hang. */
export function systemPause(ms: number, signal?: AbortSignal): Promise<void> {
  return wait(ms, signal, systemSetTimeout, systemClearTimeout);
}

function wait(
  ms: number,
  signal: AbortSignal | undefined,
  set: typeof setTimeout,
  clear: typeof clearTimeout,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clear(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = set(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
