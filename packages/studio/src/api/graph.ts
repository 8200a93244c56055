import type { TopicWithoutSubscribers, UnknownRecipient } from "./overview.ts";
import type { ViewQuery } from "./scope.ts";

export interface GraphQuery extends ViewQuery {
  /** Only items with this key prefix, and what they lead to. */
  prefix?: string | undefined;
  /** Only this topic, its items and subscribers. */
  topic?: string | undefined;
}

/** Who gets what by which way. Bounded to what can be drawn. */
export interface RoutingGraph {
  /** At most 60, those with edges first. */
  readonly agents: readonly GraphAgent[];
  /** At most 60, those with items first. */
  readonly topics: readonly GraphTopic[];
  /** At most 120, the latest written first. */
  readonly items: readonly GraphItem[];
  readonly edges: readonly GraphEdge[];
  readonly topicsWithoutSubscribers: readonly TopicWithoutSubscribers[];
  readonly unknownRecipients: readonly UnknownRecipient[];
  /** Keys of drawn items that no agent but their owner sees. */
  readonly orphans: readonly string[];
  /** What was left out. */
  readonly omitted: { readonly agents: number; readonly topics: number; readonly items: number };
}

export interface GraphAgent {
  readonly name: string;
  /** False: items are addressed to it, and no agent of this name is known. */
  readonly isKnown: boolean;
}

export interface GraphTopic {
  readonly name: string;
  readonly items: number;
  readonly subscribers: number;
}

export interface GraphItem {
  readonly key: string;
  readonly revision: number;
  readonly global: boolean;
  readonly state: "open" | "claimed" | "done" | "failed";
  /** With `as`: whether this agent sees it. */
  readonly visible?: boolean | undefined;
}

/** Every end is drawn. */
export type GraphEdge =
  /** The agent is subscribed to the topic. */
  | { readonly type: "subscription"; readonly agent: string; readonly topic: string }
  /** The item's route has the topic. */
  | { readonly type: "topic"; readonly topic: string; readonly key: string }
  /** The item's route names the agent. */
  | { readonly type: "recipient"; readonly agent: string; readonly key: string }
  /** The agent owns the item. */
  | { readonly type: "owner"; readonly agent: string; readonly key: string };
