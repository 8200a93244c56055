/** The unit of allowances: a rate of N writes per second gains N parts per millisecond. */
const PARTS_PER_WRITE = 1_000;

/** After this time, any allowance is full again. */
export const FULL_AFTER_MS = 1_000;

/** What is left of a rate. An unused rate is full. */
export interface Allowance {
  /** Thousandths of a write. */
  readonly left: number;
  /** When that was left, in milliseconds of the tenant's time. */
  readonly at: number;
}

/** What a commit uses of a rate. */
export interface Spending {
  /** The agent, or the tenant (null). */
  readonly owner: string | null;
  readonly allowance: Allowance;
}

/** When that many writes are allowed; undefined: never at once. */
export type RateWait = { readonly until: number | undefined };

/**
 * Takes writes from a rate: `perSecond` of them at once, then refilled evenly. Any T seconds have at most `perSecond` ×
 * (T + 1) writes.
 */
export function spend(
  allowance: Allowance | undefined,
  writes: number,
  perSecond: number,
  now: number,
): Allowance | RateWait {
  const whole = perSecond * PARTS_PER_WRITE;
  const grown = allowance && allowance.left + Math.max(0, now - allowance.at) * perSecond;
  const left = Math.min(grown ?? whole, whole);
  const missing = writes * PARTS_PER_WRITE - left;
  if (missing <= 0) return { left: -missing, at: now };
  return { until: writes > perSecond ? undefined : now + Math.ceil(missing / perSecond) };
}
