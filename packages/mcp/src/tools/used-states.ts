/** Ids of states that were used in this process, and when they expire, the first to expire first. */
const USED = new Map<string, number>();

/**
 * Whether this is the first use of a state in this process. In another one, a state of an item or a topic has no second use
 * either: it names the revision of what the user was asked about, which what is created again does not have.
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
