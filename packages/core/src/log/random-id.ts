/** A random epoch: cursors and tokens of an earlier tenant with the same id are invalid in a new one (R15). */
export function newEpoch(): string {
  // 41 bits: 8 characters of base 36.
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return ((high % 512) * 2 ** 32 + low).toString(36).padStart(8, "0");
}

/** The random id of a commit or lease, 1 to 2³²−1. Not a secret, only unlikely to repeat. */
export function newRandomId(): number {
  return 1 + Math.floor(Math.random() * 0xffff_fffe);
}
