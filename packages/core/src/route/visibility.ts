import type { Audience } from "./route.ts";

/** The reader: an agent by name, or `null` for the system. */
export type Actor = string | null;

/** Why a reader sees something. */
export type Reason =
  | { readonly kind: "system" }
  | { readonly kind: "global" }
  | { readonly kind: "owner" }
  | { readonly kind: "subscriber" }
  | { readonly kind: "topic"; readonly topics: readonly string[] };

/**
 * R1, the one rule of visibility, apart from tenant and expiry: global, or named, or owned, or on a topic that the
 * reader is subscribed to now.
 */
export function isVisible(
  reader: Actor,
  sight: Audience,
  isSubscribed: (topic: string) => boolean,
): boolean {
  return (
    reader === null ||
    sight.global ||
    sight.owner === reader ||
    sight.subscribers.includes(reader) ||
    sight.topics.some(isSubscribed)
  );
}

/** Whether `sees` is settled without a look at subscriptions; undefined when they decide. */
export function isVisibleWithoutTopics(reader: Actor, sight: Audience): boolean | undefined {
  if (
    reader === null ||
    sight.global ||
    sight.owner === reader ||
    sight.subscribers.includes(reader)
  )
    return true;
  return sight.topics.length === 0 ? false : undefined;
}

/** Every reason for which the reader sees it; empty when it does not. */
export function reasons(
  reader: Actor,
  sight: Audience,
  isSubscribed: (topic: string) => boolean,
): readonly Reason[] {
  if (reader === null) return [{ kind: "system" }];
  const found: Reason[] = [];
  if (sight.global) found.push({ kind: "global" });
  if (sight.owner === reader) found.push({ kind: "owner" });
  if (sight.subscribers.includes(reader)) found.push({ kind: "subscriber" });
  const topics = sight.topics.filter(isSubscribed);
  if (topics.length > 0) found.push({ kind: "topic", topics });
  return found;
}
