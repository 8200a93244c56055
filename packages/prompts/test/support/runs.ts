/** `SYNTHA_RUNS` sets the number of runs; `SYNTHA_SEED` and `SYNTHA_PATH` repeat a failed one. */
export function runs(usual: number): { numRuns: number; seed?: number; path?: string } {
  const { SYNTHA_RUNS, SYNTHA_SEED, SYNTHA_PATH } = process.env;
  return {
    numRuns: SYNTHA_RUNS ? Number(SYNTHA_RUNS) : usual,
    ...(SYNTHA_SEED && { seed: Number(SYNTHA_SEED) }),
    ...(SYNTHA_PATH && { path: SYNTHA_PATH }),
  };
}
