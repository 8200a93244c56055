import type { Actor } from "./visibility.ts";
import type { Audience } from "./route.ts";

/**
 * An index bucket. Every item is in the buckets of its route and of its owner, and what an agent sees is the union of a
 * few buckets. The first character is the kind, so that a topic and an agent of the same name differ.
 */
export type AudienceBucket = "g" | `t${string}` | `s${string}` | `o${string}`;

/** A bucket whose items can be claimed in order: those of a topic, or those that name an agent (its inbox). */
export type QueueBucket = `t${string}` | `s${string}`;

export const topicBucket = (topic: string): QueueBucket => `t${topic}`;

export const inboxBucket = (agent: string): QueueBucket => `s${agent}`;

/** The topics among queues. */
export function topicsOf(queues: readonly QueueBucket[]): string[] {
  return queues.filter((queue) => queue.startsWith("t")).map((queue) => queue.slice(1));
}

/** The queues that an item is in while it can be claimed. */
export function queueBucketsOf({ topics, subscribers }: Audience): QueueBucket[] {
  return [...topics.map(topicBucket), ...subscribers.map(inboxBucket)];
}

/** Whether it is one of {@link queueBucketsOf}, of an item that can be claimed. */
export function isQueueBucket(bucket: AudienceBucket): bucket is QueueBucket {
  return bucket.startsWith("t") || bucket.startsWith("s");
}

/** The buckets of an item or event. */
export function bucketsOf(audience: Audience): AudienceBucket[] {
  const buckets: AudienceBucket[] = [];
  if (audience.global) buckets.push("g");
  for (const topic of audience.topics) buckets.push(`t${topic}`);
  for (const agent of audience.subscribers) buckets.push(`s${agent}`);
  if (audience.owner !== null) buckets.push(`o${audience.owner}`);
  return buckets;
}

/** The parts of a query that narrow the buckets to read. */
export interface NamedInRoute {
  readonly topics?: readonly string[] | undefined;
  readonly subscribers?: readonly string[] | undefined;
}

/**
 * R1 as buckets: their union is what an actor with these subscriptions sees. With `topics` or `subscribers`, the union
 * includes what it sees of the items that name one of them, and may include more. Undefined: everything.
 */
export function bucketsVisibleTo(
  actor: Actor,
  subscriptions: readonly string[],
  { topics, subscribers }: NamedInRoute = {},
): AudienceBucket[] | undefined {
  if (actor === null) return topics?.map(topicBucket) ?? subscribers?.map(inboxBucket);
  if (topics?.every((topic) => subscriptions.includes(topic))) return topics.map(topicBucket);
  if (subscribers?.every((name) => name === actor)) return subscribers.map(inboxBucket);
  return ["g", `s${actor}`, `o${actor}`, ...subscriptions.map(topicBucket)];
}
