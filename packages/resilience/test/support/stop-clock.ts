import { onTestFinished, vi } from "vitest";

export const HOUR = 3_600_000;

/** Stops the clocks that a circuit reads, but no timers, until the test ends. Returns what moves them on, by milliseconds. */
export function stopClock(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  return (ms) => void vi.advanceTimersByTime(ms);
}
