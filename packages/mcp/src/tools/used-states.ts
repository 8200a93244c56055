/** Ids of states that were used in this process, and when they expire, the first to expire first. */
const USED = new Map<string, number>();

/**
 * Whether this is the first use of a state. Only in this process: what else makes a replay harmless is that a state also
 * names what existed when the user was asked.
 */
export function usedOnce(id: string, expirySeconds: number): boolean {
  const now = Date.now();
  for (const [expired, at] of USED) {
    if (at > now) break;
    USED.delete(expired);
  }
  if (USED.has(id)) return false;
  USED.set(id, now + expirySeconds * 1_000);
  return true;
}
