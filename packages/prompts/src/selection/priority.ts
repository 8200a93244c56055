import { type ItemHeader, SynthaError } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";

/** Matches items by key (a trailing `*` matches any suffix), author (null: the system) or topic. */
export type PriorityRule =
  | { readonly key: string }
  | { readonly author: string | null }
  | { readonly topic: string };

/**
 * A function that returns a number for each item, the highest first; or rules in order of priority. Items that match no rule
 * come last.
 */
export type Priority = ((item: ItemHeader) => number) | readonly PriorityRule[];

export type Rank = (item: ItemHeader) => number;

const EQUAL_RANK: Rank = () => 0;

/** A smaller rank comes first. */
export function toRank(priority: Priority | undefined): Rank {
  if (priority === undefined) return EQUAL_RANK;
  if (typeof priority === "function") return (item) => -checkPriority(priority(item));
  if (!Array.isArray(priority)) throw invalidPriority();
  const rules = (priority as readonly PriorityRule[]).map(toMatcher);
  return (item) => {
    const index = rules.findIndex((matches) => matches(item));
    return index === -1 ? rules.length : index;
  };
}

/** Orders by rank, then by `pendingRank`, then by the last write, the latest first; ties by key. */
export function byRank(
  rank: Rank,
  pendingRank: Rank = EQUAL_RANK,
): (a: ItemHeader, b: ItemHeader) => number {
  const ranks = new Map<ItemHeader, number>();
  const rankOf = (item: ItemHeader): number => {
    let value = ranks.get(item);
    if (value === undefined) ranks.set(item, (value = rank(item)));
    return value;
  };
  return (a, b) =>
    rankOf(a) - rankOf(b) ||
    pendingRank(a) - pendingRank(b) ||
    b.updatedAt.getTime() - a.updatedAt.getTime() ||
    b.revision - a.revision ||
    compareCodePoints(a.key, b.key);
}

function toMatcher(rule: PriorityRule): (item: ItemHeader) => boolean {
  if (typeof rule !== "object" || rule === null) throw invalidPriority();
  const [condition, ...others] = Object.entries(rule as Record<string, unknown>);
  // Of two conditions, one would be ignored.
  if (condition === undefined || others.length > 0) throw invalidPriority();
  const [name, value] = condition;
  if (name === "author" && (value === null || typeof value === "string"))
    return ({ author }) => (author ?? null) === value;
  if (typeof value !== "string") throw invalidPriority();
  if (name === "topic") return ({ topics }) => topics.includes(value);
  if (name !== "key") throw invalidPriority();
  if (!value.endsWith("*")) return (item) => item.key === value;
  const prefix = value.slice(0, -1);
  return (item) => item.key.startsWith(prefix);
}

function checkPriority(priority: number): number {
  if (typeof priority === "number" && !Number.isNaN(priority)) return priority;
  throw invalidPriority();
}

function invalidPriority(): SynthaError {
  return new SynthaError(
    "INVALID_ARGUMENTS",
    "`priority` must be a function that returns a number, or a list of rules, each with one of key, author or topic.",
    { hint: 'Pass [{ key: "task:*" }, { author: "Manager" }].', details: { path: "priority" } },
  );
}
