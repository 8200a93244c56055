import { hrtime } from "node:process";

/**
 * Performs an operation a number of times. Returns a number if it is not the time until it returns that counts: the CPU
 * time of another process in microseconds, or a count of something else.
 */
type Work = (times: number) => Promise<number | void> | number | void;

export interface Comparison {
  readonly name: string;
  readonly ours: Work;
  /** The baseline, measured in the same run. */
  readonly against: Work;
  /** The number of operations in a round. */
  readonly times: number;
  /** Default 9. */
  readonly rounds?: number;
  /** Prepares a round of both sides; its time does not count. */
  readonly before?: (times: number) => Promise<unknown>;
}

export interface Result {
  /** Median microseconds per operation, or what is counted. */
  readonly ours: number;
  readonly against: number;
  /** Median of the ratios of the rounds: both sides of a round run under the same load. */
  readonly ratio: number;
}

/** Calls a function a number of times in sequence, with the numbers from 0 on. */
export function repeat(call: (i: number) => Promise<unknown>): (times: number) => Promise<void> {
  return async (times) => {
    for (let i = 0; i < times; i++) await call(i);
  };
}

/** As {@link repeat}, for a call that is over when it returns. */
export function repeatSync(call: (i: number) => unknown): (times: number) => void {
  return (times) => {
    for (let i = 0; i < times; i++) call(i);
  };
}

/** Alternates between both sides, so that other load on the machine slows both alike. */
export async function measure(comparison: Comparison): Promise<Result> {
  const { ours, against, times, rounds = 9, before } = comparison;
  const warmUp = Math.ceil(times / 4);
  await before?.(warmUp);
  await ours(warmUp);
  await against(warmUp);
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    const even = round % 2 === 0;
    await before?.(times);
    const first = await time(even ? ours : against, times);
    const second = await time(even ? against : ours, times);
    pairs.push(even ? [first, second] : [second, first]);
  }
  return {
    ours: median(pairs.map(([a]) => a)),
    against: median(pairs.map(([, b]) => b)),
    ratio: median(pairs.map(([a, b]) => a / b)),
  };
}

async function time(work: Work, times: number): Promise<number> {
  globalThis.gc?.();
  const start = hrtime.bigint();
  const working = work(times);
  const measured = working instanceof Promise ? await working : working;
  const passed = Number(hrtime.bigint() - start) / 1_000;
  return (typeof measured === "number" ? measured : passed) / times;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
