/** Limits of one call's arguments, checked before anything else. */
export interface ArgumentLimits {
  /** Bytes of UTF-8. Default 1 MiB, enough for a value of 256 KiB that is escaped as JSON inside of JSON. */
  bytes: number;
  /** Levels of nesting of one argument. Default 32. */
  depth: number;
  /** Objects, arrays and the values within them, in one argument. Default 10,000. */
  nodes: number;
}

export const DEFAULT_ARGUMENT_LIMITS: ArgumentLimits = {
  bytes: 1024 * 1024,
  depth: 32,
  nodes: 10_000,
};
