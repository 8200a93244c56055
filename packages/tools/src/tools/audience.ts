import type { RouteInput, RouteReport } from "@syntha/core";
import { cappedList, jsonBytes } from "../answer/result-budget.ts";
import { cappedFields, field } from "../schema/field.ts";
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
export function isExplicitlyEmpty({ topics, subscribers, global }: AudienceArguments): boolean {
  if (topics?.length || subscribers?.length || global === true) return false;
  return (topics ?? subscribers ?? global ?? null) !== null;
}

export interface AudienceWarning {
  /** Topics of the route without subscribers. */
  readonly topics_without_subscribers: readonly string[];
  readonly topics_without_subscribers_total?: number;
  /** Subscribers that no agent is known by; absent if there are none. */
  readonly unknown_subscribers?: readonly string[];
  readonly unknown_subscribers_total?: number;
  /** For unknown subscribers, the known agent with the nearest name. */
  readonly did_you_mean?: Readonly<Record<string, string>>;
  readonly hint?: string;
}

/** The fields of an {@link AudienceWarning}. */
export const warningFields = {
  ...cappedFields("topics_without_subscribers"),
  unknown_subscribers: field.optionalNames,
  unknown_subscribers_total: field.optionalTotal,
  did_you_mean: field.optionalNearest,
  hint: field.optionalHint,
};

/** Warns a sender, which might wait for an answer, about topics without readers, and about misspelled names. */
export function audienceWarning(context: ToolContext, report: RouteReport): AudienceWarning {
  const { topicsWithoutSubscribers: topics, unknownSubscribers: unknown } = report;
  if (topics.length === 0 && unknown.length === 0) return { topics_without_subscribers: [] };
  const bytes = context.maxResultBytes / 4;
  const names = unknown.map(({ name }) => name);
  const nearest = unknown.flatMap(({ name, nearest: near }) => (near ? [[name, near]] : []));
  const hints = [topicHint(context, topics), agentHint(context, names)].filter(Boolean);
  return {
    ...cappedList("topics_without_subscribers", topics, bytes),
    ...(names.length > 0 && cappedList("unknown_subscribers", names, bytes)),
    ...(nearest.length > 0 &&
      jsonBytes(nearest) <= bytes && { did_you_mean: Object.fromEntries(nearest) }),
    ...(hints.length > 0 && { hint: hints.join(" ") }),
  };
}

function topicHint({ publicNameOf }: ToolContext, topics: readonly string[]): string | undefined {
  if (topics.length === 0) return undefined;
  const discover = publicNameOf("discover_topics");
  const next =
    discover === undefined ? "" : ` ${discover} lists the topics with their subscriber counts.`;
  return `No agent is subscribed to the topics in topics_without_subscribers yet.${next}`;
}

function agentHint({ publicNameOf }: ToolContext, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const discover = publicNameOf("discover_agents");
  const next = discover === undefined ? "" : ` ${discover} lists those that are.`;
  return `No agent is known by the names in unknown_subscribers.${next}`;
}
