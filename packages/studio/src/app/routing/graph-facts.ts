import type { RoutingGraph } from "../../api/index.ts";
import { idOf } from "./graph-layout.ts";

/** What the nodes of a graph show besides their names. */
export interface GraphFacts {
  /** Nodes that reach no one. */
  readonly alarms: ReadonlySet<string>;
  readonly agents: ReadonlyMap<string, RoutingGraph["agents"][number]>;
  readonly topics: ReadonlyMap<string, RoutingGraph["topics"][number]>;
  readonly items: ReadonlyMap<string, RoutingGraph["items"][number]>;
}

export function factsOf(graph: RoutingGraph): GraphFacts {
  return {
    alarms: new Set([
      ...graph.agents.filter(({ isKnown }) => !isKnown).map(({ name }) => idOf("agent", name)),
      ...graph.topics
        .filter(({ items, subscribers }) => items > 0 && subscribers === 0)
        .map(({ name }) => idOf("topic", name)),
      ...graph.orphans.map((key) => idOf("item", key)),
    ]),
    agents: new Map(graph.agents.map((agent) => [agent.name, agent])),
    topics: new Map(graph.topics.map((topic) => [topic.name, topic])),
    items: new Map(graph.items.map((item) => [item.key, item])),
  };
}
