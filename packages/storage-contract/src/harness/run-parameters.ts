/** What a run of the random cases may be told from outside. */
export interface RunParameters {
  readonly numRuns: number;
  /** With both, one failing case is replayed, as its failure printed them. */
  readonly seed?: number;
  readonly path?: string;
}

/**
 * From the environment: `SYNTHA_RUNS` (how many cases; the default takes a few seconds), and to replay a failure
 * `SYNTHA_SEED` and `SYNTHA_PATH`.
 */
export function runParameters(usual: number): RunParameters {
  const { env = {} } = (globalThis as { process?: { env?: Record<string, string> } }).process ?? {};
  const { SYNTHA_RUNS, SYNTHA_SEED, SYNTHA_PATH } = env;
  return {
    numRuns: SYNTHA_RUNS ? Number(SYNTHA_RUNS) : usual,
    ...(SYNTHA_SEED && { seed: Number(SYNTHA_SEED) }),
    ...(SYNTHA_PATH && { path: SYNTHA_PATH }),
  };
}
