import type { RouteInput } from "@syntha/core";
import { cappedList } from "../answer/result-budget.ts";
import type { ToolContext } from "../tool.ts";

export interface AudienceArguments {
  readonly topics?: readonly string[] | null | undefined;
  readonly subscribers?: readonly string[] | null | undefined;
  readonly global?: boolean | null | undefined;
}

/** The route that a call names: null, an empty list and `global: false` name nothing. */
export function toRoute({ topics, subscribers, global }: AudienceArguments): RouteInput {
  return {
    topics: topics?.length ? topics : undefined,
    subscribers: subscribers?.length ? subscribers : undefined,
    global: global === true ? true : undefined,
  };
}

/**
 * Whether a call names no audience but has an empty list or `global: false`. Such a call may keep the audience of an
 * existing key; a new key must never get the mesh's default route from it.
 */
export function isExplicitlyEmpty(audience: AudienceArguments): boolean {
  const { topics, subscribers, global } = toRoute(audience);
  const isNamed = (topics ?? subscribers ?? global) !== undefined;
  return !isNamed && (audience.topics ?? audience.subscribers ?? audience.global ?? null) !== null;
}

export interface AudienceWarning {
  /** Topics of the route without subscribers. */
  readonly topics_without_subscribers: readonly string[];
  readonly topics_without_subscribers_total?: number;
  readonly hint?: string;
}

/** Warns a sender, which might wait for an answer, that no agent is subscribed yet. */
export function audienceWarning(context: ToolContext, topics: readonly string[]): AudienceWarning {
  const list = cappedList("topics_without_subscribers", topics, context.maxResultBytes / 2);
  if (topics.length === 0) return list;
  const discover = context.publicNameOf("discover_topics");
  const next =
    discover === undefined ? "" : ` ${discover} lists the topics with their subscriber counts.`;
  return {
    ...list,
    hint: `No agent is subscribed to the topics in topics_without_subscribers yet.${next}`,
  };
}
