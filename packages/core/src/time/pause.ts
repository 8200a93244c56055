// As they were when this module was loaded: a test's fake clock that is installed later does not stop these.
const { setTimeout: systemSetTimeout, clearTimeout: systemClearTimeout } = globalThis;

/** Waits; ends early, without an error, when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return wait(ms, signal, setTimeout, clearTimeout);
}

/** The same by the system's timers, for waits that callers do not know of: a fake clock must not make a call hang. */
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
