import type { Call } from "../tool.ts";
import { namedList } from "./named-list.ts";

export interface UnheardAnswer {
  /** Topics of its route that nobody is subscribed to. */
  readonly unheard: readonly string[];
  readonly unheard_total?: number;
  readonly hint?: string;
}

/** Tells a sender who might wait for an answer that nobody listens yet. */
export function unheardAnswer(call: Call, unheard: readonly string[]): UnheardAnswer {
  const list = namedList("unheard", unheard, call.maxResultBytes / 2);
  if (unheard.length === 0) return list;
  const discover = call.known("discover_topics");
  const next = discover === undefined ? "" : ` ${discover} tells which topics have subscribers.`;
  return { ...list, hint: `Nobody is subscribed to the unheard topics yet.${next}` };
}
