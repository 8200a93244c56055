/** Long enough for `SYNTHA_RUNS=1000`. */
export const TIMEOUT_MS = 3_600_000;

interface RunParameters {
  readonly numRuns: number;
  /** With both, the one case of a failure that printed them runs again. */
  readonly seed?: number;
  readonly path?: string;
}

/** Parameters of a random case; `SYNTHA_RUNS`, `SYNTHA_SEED` and `SYNTHA_PATH` override them. */
export function runParameters(numRuns = 15): RunParameters {
  const { env = {} } = (globalThis as { process?: { env?: Record<string, string> } }).process ?? {};
  const { SYNTHA_RUNS, SYNTHA_SEED, SYNTHA_PATH } = env;
  return {
    numRuns: SYNTHA_RUNS ? Number(SYNTHA_RUNS) : numRuns,
    ...(SYNTHA_SEED && { seed: Number(SYNTHA_SEED) }),
    ...(SYNTHA_PATH && { path: SYNTHA_PATH }),
  };
}
