import type { Call } from "../tool.ts";
import { namedList } from "./named-list.ts";

export interface UnheardAnswer {
  /** Topics of its route without subscribers. */
  readonly unheard: readonly string[];
  readonly unheard_total?: number;
  readonly hint?: string;
}

/** Warns a sender, who might wait for an answer, that no agent is subscribed yet. */
export function unheardAnswer(call: Call, unheard: readonly string[]): UnheardAnswer {
  const list = namedList("unheard", unheard, call.maxResultBytes / 2);
  if (unheard.length === 0) return list;
  const discover = call.known("discover_topics");
  const next =
    discover === undefined ? "" : ` ${discover} lists the topics with their subscriber counts.`;
  return { ...list, hint: `No agent is subscribed to the topics in unheard yet.${next}` };
}
