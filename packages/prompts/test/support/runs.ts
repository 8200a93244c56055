/** `SYNTHA_RUNS` for a longer look; `SYNTHA_SEED` and `SYNTHA_PATH` repeat one that failed. */
export function runs(usual: number): { numRuns: number; seed?: number; path?: string } {
  const { SYNTHA_RUNS, SYNTHA_SEED, SYNTHA_PATH } = process.env;
  return {
    numRuns: SYNTHA_RUNS ? Number(SYNTHA_RUNS) : usual,
    ...(SYNTHA_SEED && { seed: Number(SYNTHA_SEED) }),
    ...(SYNTHA_PATH && { path: SYNTHA_PATH }),
  };
}
