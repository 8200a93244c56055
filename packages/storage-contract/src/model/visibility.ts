import type { ModelState, ModelItem, ModelAudience, ModelTenant, Actor } from "./state.ts";

/** R1, without expiry. */
export function isVisibleTo(
  who: Actor,
  thing: ModelAudience,
  { subscriptions }: ModelState,
): boolean {
  if (who === null) return true;
  if (thing.global) return true;
  if (thing.subscribers.includes(who)) return true;
  if (thing.owner === who) return true;
  return subscriptions.some(({ agent, topic }) => agent === who && thing.topics.includes(topic));
}

/** Whether permissions for these topics allow one; `"*"` allows all. */
export function allows(topics: readonly string[] | "*", topic: string): boolean {
  return topics === "*" || topics.includes(topic);
}

export function isExpired(item: { expiresAt: number | null }, now: number): boolean {
  return item.expiresAt !== null && item.expiresAt <= now;
}

/** R8: the clock, but never earlier than the last commit. */
export function timeOf(tenant: ModelTenant, clock: number): number {
  return Math.max(clock, tenant.recordedAt);
}

export function byCodePoint(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = (x[i] as string).codePointAt(0)! - (y[i] as string).codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

/** Items that an actor sees, in key order. */
export function visibleItems(who: Actor, holdings: ModelState, now: number): ModelItem[] {
  return holdings.items
    .filter((item) => !isExpired(item, now) && isVisibleTo(who, item, holdings))
    .sort((a, b) => byCodePoint(a.key, b.key));
}

export function stateOf(item: ModelItem, now: number): string {
  if (item.state !== "open") return item.state;
  return item.lease !== null && item.lease.until > now ? "claimed" : "open";
}

export function topicsOf(agent: Actor, { subscriptions }: ModelState): string[] {
  return subscriptions
    .filter((subscription) => subscription.agent === agent)
    .map(({ topic }) => topic)
    .sort(byCodePoint);
}
