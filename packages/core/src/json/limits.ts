/** Bounds on one value. A mesh may set its own; these are the defaults. */
export interface ValueLimits {
  /** Bytes of UTF-8 of the value's JSON text. Default 256 KiB. */
  valueBytes: number;
  /** Levels of nesting. Default 32. */
  depth: number;
  /** Objects, arrays and the values within them, counted together. Default 10,000. */
  nodes: number;
}

export const DEFAULT_VALUE_LIMITS: ValueLimits = {
  valueBytes: 256 * 1024,
  depth: 32,
  nodes: 10_000,
};
