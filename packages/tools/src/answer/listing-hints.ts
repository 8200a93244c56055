import { isSynthaError } from "@syntha/core";
import { nearest } from "@syntha/core/storage";
import type { ToolContext } from "../tool.ts";

/** Topics with which a misspelled name is compared. */
const MAX_COMPARED = 500;

/** Names the call that returns the next page, if there is one. */
export function nextPageHint(
  { publicNameOf }: ToolContext,
  tool: string,
  next: string | undefined,
): string | undefined {
  if (next === undefined) return undefined;
  return `Call ${publicNameOf(tool) ?? tool} with page set to next_page for more.`;
}

/** For a prefix that was written as a pattern, as some models do, and that matches nothing. */
export function prefixHint(prefix: string | null | undefined, found: number): string | undefined {
  if (found > 0 || !prefix?.endsWith("*")) return undefined;
  return `prefix is plain text, not a pattern: pass ${JSON.stringify(prefix.replace(/\*+$/, ""))}.`;
}

/** Why a listing by a topic without the agent's subscription shows none of the topic's keys, and what to do. */
export async function unsubscribedHint(
  { agent, publicNameOf }: ToolContext,
  topic: string,
): Promise<string> {
  const name = JSON.stringify(topic);
  // Only an agent that may list topics learns other topics' names.
  const canDiscover = publicNameOf("discover_topics") !== undefined;
  const [{ topics: same }, all, canSubscribe] = await Promise.all([
    agent.topics({ prefix: topic, limit: 1 }),
    canDiscover ? agent.topics({ limit: MAX_COMPARED }) : undefined,
    agent.can({ subscribe: [topic] }).catch(isUnknownTopic),
  ]);
  const reason = `You are not subscribed to ${name}`;
  if (!canSubscribe) return `${reason}, and you do not have permission to subscribe to it.`;
  if (same[0]?.name !== topic) {
    const names = (all?.topics ?? []).map((known) => known.name);
    const [near] = nearest(topic, names, 1);
    const guess = near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`;
    return `There is no topic ${name} yet.${guess}`;
  }
  const subscribe = publicNameOf("subscribe_to_topics");
  return subscribe === undefined
    ? `${reason}: your operator must subscribe you to it first.`
    : `${reason}: call ${subscribe} with topics [${name}] to see its keys.`;
}

/** A mesh with a schema has no permissions for a topic outside of the schema. */
function isUnknownTopic(error: unknown): boolean {
  if (isSynthaError(error, "SCHEMA_MISMATCH")) return true;
  throw error;
}
