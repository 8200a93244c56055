import type { Reader } from "./sight.ts";
import type { Sight } from "./route.ts";

/**
 * A bucket that indexes hold: every item lies in the buckets of its route and of its owner, and what an agent sees
 * is the union of a few of them. The first character tells the kind, so that no topic meets an agent's name.
 */
export type Target = "g" | `t${string}` | `s${string}` | `o${string}`;

export const topicTarget = (topic: string): Target => `t${topic}`;

/** The buckets that hold something with this route and owner. */
export function targetsOf(sight: Sight): Target[] {
  const targets: Target[] = [];
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
export function targetsSeenBy(
  reader: Reader,
  subscriptions: readonly string[],
  topics?: readonly string[],
): Target[] | undefined {
  if (reader === null) return topics?.map(topicTarget);
  if (topics?.every((topic) => subscriptions.includes(topic))) return topics.map(topicTarget);
  return ["g", `s${reader}`, `o${reader}`, ...subscriptions.map(topicTarget)];
}
