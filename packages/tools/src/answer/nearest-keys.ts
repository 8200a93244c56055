import type { AgentContext } from "@syntha/core";
import { nearest } from "@syntha/core/storage";

/** Missing keys that are looked up, and keys with which each is compared: a hint, not a search. */
const MAX_MISSING = 5;
const MAX_COMPARED = 200;
/** Shorter names resemble too many others. */
const MIN_LENGTH = 3;

/** For missing keys, the nearest key that the agent can see, if one is near. */
export async function nearestKeys(
  agent: AgentContext,
  missing: readonly string[],
): Promise<readonly (readonly [missing: string, near: string])[]> {
  const wanted = missing.filter((key) => key.length >= MIN_LENGTH).slice(0, MAX_MISSING);
  if (wanted.length === 0) return [];
  const prefixes = new Set(["", ...wanted.map(prefixOf)]);
  const lists = await Promise.all([...prefixes].map((prefix) => keysFrom(agent, prefix)));
  const visible = new Set(lists.flat());
  return wanted.flatMap((key) => {
    const similar = [...visible].filter((known) => digitsOf(known) === digitsOf(key));
    const [near] = nearest(key, similar, 1);
    return near === undefined ? [] : [[key, near] as const];
  });
}

async function keysFrom(agent: AgentContext, prefix: string): Promise<string[]> {
  const { items } = await agent.list({ prefix, limit: MAX_COMPARED, values: false });
  return items.map(({ key }) => key);
}

/** The part up to the last separator, or the first two characters. */
function prefixOf(key: string): string {
  return /^.*[:/._-](?=.)/su.exec(key)?.[0] ?? /^.{0,2}/su.exec(key)?.[0] ?? "";
}

/** Keys with other digits name other things: `ticket:2` does not misspell `ticket:1`. */
function digitsOf(key: string): string {
  return key.replace(/\D+/g, "");
}
