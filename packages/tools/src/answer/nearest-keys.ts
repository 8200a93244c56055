import type { AgentContext } from "@syntha/core";
import { nearest } from "@syntha/core/storage";

/** Keys that are looked for, and keys that each is compared with: a help, not a search. */
const MOST_MISSING = 5;
const MOST_COMPARED = 200;
/** A shorter name is a part of too many others. */
const SHORTEST = 3;

/** For keys that were not found, the one that the agent can see and may have meant, where there is one. */
export async function nearestKeys(
  agent: AgentContext,
  missing: readonly string[],
): Promise<readonly (readonly [missing: string, near: string])[]> {
  const wanted = missing.filter((key) => key.length >= SHORTEST).slice(0, MOST_MISSING);
  if (wanted.length === 0) return [];
  const prefixes = new Set(["", ...wanted.map(beginningOf)]);
  const lists = await Promise.all([...prefixes].map((prefix) => keysFrom(agent, prefix)));
  const visible = new Set(lists.flat());
  return wanted.flatMap((key) => {
    const similar = [...visible].filter((known) => digitsOf(known) === digitsOf(key));
    const [near] = nearest(key, similar, 1);
    return near === undefined ? [] : [[key, near] as const];
  });
}

async function keysFrom(agent: AgentContext, prefix: string): Promise<string[]> {
  const { items } = await agent.list({ prefix, limit: MOST_COMPARED, values: false });
  return items.map(({ key }) => key);
}

/** Up to the last separator, or the first two characters. */
function beginningOf(key: string): string {
  return /^.*[:/._-](?=.)/su.exec(key)?.[0] ?? /^.{0,2}/su.exec(key)?.[0] ?? "";
}

/** `ticket:2` is no misspelling of `ticket:1`. */
function digitsOf(key: string): string {
  return key.replace(/\D+/g, "");
}
