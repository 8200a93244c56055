import type { Actor } from "./visibility.ts";
import type { Audience } from "./route.ts";

/**
 * A bucket that indexes hold: every item lies in the buckets of its route and of its owner, and what an agent sees
 * is the union of a few of them. The first character tells the kind, so that no topic meets an agent's name.
 */
export type AudienceBucket = "g" | `t${string}` | `s${string}` | `o${string}`;

export const topicBucket = (topic: string): AudienceBucket => `t${topic}`;

/** The buckets that hold something with this route and owner. */
export function bucketsOf(sight: Audience): AudienceBucket[] {
  const targets: AudienceBucket[] = [];
  if (sight.global) targets.push("g");
  for (const topic of sight.topics) targets.push(`t${topic}`);
  for (const agent of sight.subscribers) targets.push(`s${agent}`);
  if (sight.owner !== null) targets.push(`o${sight.owner}`);
  return targets;
}

/**
 * R1 as buckets: those that hold everything a reader with these subscriptions sees, and nothing that it does not see.
 * With `topics`, buckets that hold at least what it sees on one of them. Undefined: everything there is.
 */
export function bucketsVisibleTo(
  reader: Actor,
  subscriptions: readonly string[],
  topics?: readonly string[],
): AudienceBucket[] | undefined {
  if (reader === null) return topics?.map(topicBucket);
  if (topics?.every((topic) => subscriptions.includes(topic))) return topics.map(topicBucket);
  return ["g", `s${reader}`, `o${reader}`, ...subscriptions.map(topicBucket)];
}
