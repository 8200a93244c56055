/** Bounds on one value. A mesh may set its own; these are the defaults. */
export interface ValueLimits {
  /** Bytes of UTF-8 of the value's JSON text. @default 262144 */
  valueBytes: number;
  /** Levels of nesting. @default 32 */
  depth: number;
  /** Objects, arrays and the values in them. @default 10000 */
  nodes: number;
}

export const DEFAULT_VALUE_LIMITS: ValueLimits = {
  valueBytes: 256 * 1024,
  depth: 32,
  nodes: 10_000,
};
