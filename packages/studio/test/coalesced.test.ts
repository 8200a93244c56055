import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { coalesced } from "../src/app/state/coalesced.ts";

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** Runs that each take this long, and when they began. */
function runner(took: number): { readonly began: number[]; readonly run: () => Promise<void> } {
  const began: number[] = [];
  const start = performance.now();
  const run = (): Promise<void> => {
    began.push(performance.now() - start);
    return new Promise((resolve) => void setTimeout(resolve, took));
  };
  return { began, run };
}

it("runs at once, and once more for all calls of a burst", async () => {
  const { began, run } = runner(10);
  const { call } = coalesced(run, 100);
  for (let n = 0; n < 50; n++) call();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(began).toEqual([0, 110]);
  call();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(began).toEqual([0, 110, 10_000]);
});

it("runs less often while calls keep coming, and soon again after a rest", async () => {
  const { began, run } = runner(10);
  const { call } = coalesced(run, 100);
  for (let n = 0; n < 200; n++) {
    call();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(began).toEqual([0, 110, 320, 730, 1_240, 1_750]);
  await vi.advanceTimersByTimeAsync(10_000);
  call();
  call();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(began.slice(6)).toEqual([2_260, 12_000, 12_110]);
});

it("never runs twice at the same time, and rests as long as a run took", async () => {
  const { began, run } = runner(700);
  const { call } = coalesced(run, 100);
  for (let n = 0; n < 30; n++) {
    call();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(began).toEqual([0, 1_400, 2_800]);
});

it("runs no more once it is cancelled", async () => {
  const { began, run } = runner(10);
  const { call, cancel } = coalesced(run, 100);
  call();
  call();
  cancel();
  call();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(began).toEqual([0]);
});
