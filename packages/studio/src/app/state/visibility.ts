/** How long a tab may be in the background before it counts as hidden, in milliseconds. */
const GRACE = 2_000;

/** Resolves once the tab is in the foreground, or the signal is aborted. */
export function untilVisible(signal: AbortSignal): Promise<void> {
  return until((done) => {
    if (document.visibilityState !== "hidden") done();
  }, signal);
}

/** Resolves once the tab has been in the background for a while, or the signal is aborted. */
export function untilHidden(signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const check = (done: () => void): void => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = setTimeout(done, GRACE);
  };
  return until(check, signal).finally(() => clearTimeout(timer));
}

/** Checks now, and whenever the tab goes to the background or comes back. */
function until(check: (done: () => void) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const listener = (): void => check(done);
    const done = (): void => {
      document.removeEventListener("visibilitychange", listener);
      signal.removeEventListener("abort", done);
      resolve();
    };
    document.addEventListener("visibilitychange", listener);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
    else listener();
  });
}
