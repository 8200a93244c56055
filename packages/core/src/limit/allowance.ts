/** A write, in the parts in which allowances are counted: one of N writes a second grows by N parts a millisecond. */
const WRITE = 1_000;

/** After this long, any allowance is whole again. */
export const FULL_AFTER_MS = 1_000;

/** What is left of a rate; never used, it is whole. */
export interface Allowance {
  /** Thousandths of a write. */
  readonly left: number;
  /** When that was left, in milliseconds of the tenant's time. */
  readonly at: number;
}

/** What a commit takes of a rate. */
export interface Spending {
  /** Whose it is: an agent's, or the tenant's (null). */
  readonly of: string | null;
  readonly allowance: Allowance;
}

/** When so many writes can be made, or undefined: never at once. */
export type Wait = { readonly until: number | undefined };

/**
 * Takes writes out of a rate: as many as a second has may come at once, and as they are used up they grow again evenly.
 * So any time of T seconds has at most `perSecond` × (T + 1) writes.
 */
export function spend(
  allowance: Allowance | undefined,
  writes: number,
  perSecond: number,
  now: number,
): Allowance | Wait {
  const whole = perSecond * WRITE;
  const grown = allowance && allowance.left + Math.max(0, now - allowance.at) * perSecond;
  const left = Math.min(grown ?? whole, whole);
  const missing = writes * WRITE - left;
  if (missing <= 0) return { left: -missing, at: now };
  return { until: writes > perSecond ? undefined : now + Math.ceil(missing / perSecond) };
}
