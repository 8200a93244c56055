import type { Call } from "../tool.ts";
import { namedList } from "./named-list.ts";

export interface AudienceWarning {
  /** Topics of its route without subscribers. */
  readonly topics_without_subscribers: readonly string[];
  readonly topics_without_subscribers_total?: number;
  readonly hint?: string;
}

/** Warns a sender, who might wait for an answer, that no agent is subscribed yet. */
export function audienceWarning(call: Call, topics: readonly string[]): AudienceWarning {
  const list = namedList("topics_without_subscribers", topics, call.maxResultBytes / 2);
  if (topics.length === 0) return list;
  const discover = call.publicNameOf("discover_topics");
  const next =
    discover === undefined ? "" : ` ${discover} lists the topics with their subscriber counts.`;
  return {
    ...list,
    hint: `No agent is subscribed to the topics in topics_without_subscribers yet.${next}`,
  };
}
