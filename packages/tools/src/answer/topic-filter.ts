import { isSynthaError } from "@syntha/core";
import { nearest } from "@syntha/core/storage";
import type { Call } from "../tool.ts";

/** Topics that a misspelled one is compared with. */
const MOST_COMPARED = 500;

/** A mesh with a schema has no permissions for a topic that it does not have. */
function whereUnknown(error: unknown): boolean {
  if (isSynthaError(error, "SCHEMA_MISMATCH")) return true;
  throw error;
}

/** Why a listing by a topic that the agent is not subscribed to shows none of the topic's keys, and what to do. */
export async function unsubscribedHint(call: Call, topic: string): Promise<string> {
  const { agent } = call;
  const name = JSON.stringify(topic);
  // Other topics' names are shown only to an agent that may list them.
  const mayDiscover = call.publicNameOf("discover_topics") !== undefined;
  const [{ topics: same }, all, maySubscribe] = await Promise.all([
    agent.topics({ prefix: topic, limit: 1 }),
    mayDiscover ? agent.topics({ limit: MOST_COMPARED }) : undefined,
    agent.can({ subscribe: [topic] }).catch(whereUnknown),
  ]);
  const first = `You are not subscribed to ${name}`;
  if (!maySubscribe) return `${first}, and you do not have permission to subscribe to it.`;
  if (same[0]?.name !== topic) {
    const [near] = nearest(
      topic,
      (all?.topics ?? []).map((known) => known.name),
      1,
    );
    const meant = near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`;
    return `There is no topic ${name} yet.${meant}`;
  }
  const subscribe = call.publicNameOf("subscribe_to_topics");
  return subscribe === undefined
    ? `${first}: your operator must subscribe you to it first.`
    : `${first}: call ${subscribe} with topics [${name}] to see its keys.`;
}
