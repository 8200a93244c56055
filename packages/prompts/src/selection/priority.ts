import { type ItemHeader, SynthaError } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";

/** Items that come before others: by key (a `*` at its end matches anything), author or topic. */
export type PriorityRule =
  | { readonly key: string }
  | { readonly author: string }
  | { readonly topic: string };

/** A number for each item, the highest first; or rules in order, before all items that match no rule. */
export type Priority = ((item: ItemHeader) => number) | readonly PriorityRule[];

export type Rank = (item: ItemHeader) => number;

const ALL_ALIKE: Rank = () => 0;

/** A smaller rank comes first. */
export function toRank(priority: Priority | undefined): Rank {
  if (priority === undefined) return ALL_ALIKE;
  if (typeof priority === "function") return (item) => -checked(priority(item));
  const rules = priority.map(toTest);
  return (item) => {
    const at = rules.findIndex((holds) => holds(item));
    return at === -1 ? rules.length : at;
  };
}

/** Important first, then by turn, then what was written last; ties by key. */
export function inOrder(
  rank: Rank,
  turn: Rank = ALL_ALIKE,
): (a: ItemHeader, b: ItemHeader) => number {
  const ranks = new Map<ItemHeader, number>();
  const rankOf = (item: ItemHeader): number => {
    let known = ranks.get(item);
    if (known === undefined) ranks.set(item, (known = rank(item)));
    return known;
  };
  return (a, b) =>
    rankOf(a) - rankOf(b) ||
    turn(a) - turn(b) ||
    b.updatedAt.getTime() - a.updatedAt.getTime() ||
    b.revision - a.revision ||
    compareCodePoints(a.key, b.key);
}

function toTest(rule: PriorityRule): (item: ItemHeader) => boolean {
  if ("author" in rule) return ({ author }) => author === rule.author;
  if ("topic" in rule) return ({ topics }) => topics.includes(rule.topic);
  if (!("key" in rule) || typeof rule.key !== "string") throw bad();
  const { key } = rule;
  if (!key.endsWith("*")) return (item) => item.key === key;
  const prefix = key.slice(0, -1);
  return (item) => item.key.startsWith(prefix);
}

function checked(priority: number): number {
  if (typeof priority === "number" && !Number.isNaN(priority)) return priority;
  throw bad();
}

function bad(): SynthaError {
  return new SynthaError(
    "INVALID_ARGUMENTS",
    "`priority` must be a function that returns a number, or a list of { key }, { author } or { topic }.",
    { hint: 'Pass [{ key: "task:*" }, { author: "Manager" }].', details: { path: "priority" } },
  );
}
