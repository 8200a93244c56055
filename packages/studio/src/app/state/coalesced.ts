/** While calls keep coming, the pause between two runs grows to this many times the first one. */
const MOST = 5;

export interface Coalesced {
  readonly call: () => void;
  readonly cancel: () => void;
}

/**
 * Runs at the first call, and once more for all calls that come until the run and a pause after it are over. The pause
 * doubles while there are such calls, and is as long as the run at least: a busy mesh and a slow server are asked less often.
 *
 * @param pause in milliseconds
 */
export function coalesced(run: () => Promise<unknown>, pause: number): Coalesced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let [isBusy, isPending, isCancelled] = [false, false, false];
  let current = pause;
  const start = async (): Promise<void> => {
    isBusy = true;
    const began = performance.now();
    try {
      await run();
    } finally {
      const took = performance.now() - began;
      if (!isCancelled) timer = setTimeout(rested, Math.max(current, took));
    }
  };
  const rested = (): void => {
    isBusy = false;
    current = isPending ? Math.min(current * 2, pause * MOST) : pause;
    if (!isPending) return;
    isPending = false;
    void start();
  };
  return {
    call: () => {
      if (isCancelled) return;
      if (isBusy) isPending = true;
      else void start();
    },
    cancel: () => {
      isCancelled = true;
      clearTimeout(timer);
    },
  };
}
