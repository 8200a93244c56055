import type { Audience } from "./route.ts";

/** Who reads or writes: an agent by name, or `null` for the system. */
export type Actor = string | null;

/** Why an actor sees something. */
export type Reason =
  | { readonly kind: "system" }
  | { readonly kind: "global" }
  | { readonly kind: "owner" }
  | { readonly kind: "subscriber" }
  | { readonly kind: "topic"; readonly topics: readonly string[] };

/**
 * R1, the rule of visibility, apart from tenant and expiry: an actor sees what is global, names it, is owned by it, or is
 * on a topic that it is subscribed to.
 */
export function isVisible(
  actor: Actor,
  audience: Audience,
  isSubscribed: (topic: string) => boolean,
): boolean {
  return (
    actor === null ||
    audience.global ||
    audience.owner === actor ||
    audience.subscribers.includes(actor) ||
    audience.topics.some(isSubscribed)
  );
}

/** Whether the actor sees it, without reading subscriptions; undefined if they decide. */
export function isVisibleWithoutTopics(actor: Actor, audience: Audience): boolean | undefined {
  if (
    actor === null ||
    audience.global ||
    audience.owner === actor ||
    audience.subscribers.includes(actor)
  )
    return true;
  return audience.topics.length === 0 ? false : undefined;
}

/** Every reason why the actor sees it; empty if it does not. */
export function reasons(
  actor: Actor,
  audience: Audience,
  isSubscribed: (topic: string) => boolean,
): readonly Reason[] {
  if (actor === null) return [{ kind: "system" }];
  const found: Reason[] = [];
  if (audience.global) found.push({ kind: "global" });
  if (audience.owner === actor) found.push({ kind: "owner" });
  if (audience.subscribers.includes(actor)) found.push({ kind: "subscriber" });
  const topics = audience.topics.filter(isSubscribed);
  if (topics.length > 0) found.push({ kind: "topic", topics });
  return found;
}
