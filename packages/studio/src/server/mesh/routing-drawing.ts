import type { AgentSummary, ItemHeader } from "@syntha/core";
import type { GraphAgent, GraphEdge, GraphTopic, RoutingGraph } from "../../api/index.ts";

const MAX_AGENTS = 60;
const MAX_TOPICS = 60;

interface Parts {
  readonly items: readonly ItemHeader[];
  readonly topics: readonly GraphTopic[];
  readonly agents: readonly AgentSummary[];
  /** Recipients that are no known agents. */
  readonly unknown: readonly string[];
}

/** Which agents, topics and items are drawn, and the edges between them. */
export class RoutingDrawing {
  readonly #items: readonly ItemHeader[];
  readonly #topics: readonly GraphTopic[];
  readonly #agents: readonly (GraphAgent & { readonly subscriptions: readonly string[] })[];
  readonly omitted: { readonly agents: number; readonly topics: number };

  readonly #parts: Parts;

  constructor(parts: Parts) {
    const { items, topics, agents, unknown } = parts;
    this.#parts = parts;
    this.#items = items;
    const used = new Set(items.flatMap((item) => item.topics));
    const isUsed = ({ name }: GraphTopic): number => (used.has(name) ? 1 : 0);
    this.#topics = topics
      .toSorted(
        (a, b) => isUsed(b) - isUsed(a) || b.items - a.items || b.subscribers - a.subscribers,
      )
      .slice(0, MAX_TOPICS);
    const drawnTopics = new Set(this.#topics.map(({ name }) => name));
    const all = [
      ...unknown.map((name) => ({ name, isKnown: false, subscriptions: [] })),
      ...agents.map(({ name, subscriptions }) => ({ name, isKnown: true, subscriptions })),
    ];
    const named = new Set(items.flatMap(({ owner = "", subscribers }) => [owner, ...subscribers]));
    const edgesOf = ({ name, subscriptions }: (typeof all)[number]): number =>
      (named.has(name) ? 1 : 0) + subscriptions.filter((topic) => drawnTopics.has(topic)).length;
    const counted = all.map((agent) => ({ agent, edges: edgesOf(agent) }));
    counted.sort((a, b) => b.edges - a.edges);
    this.#agents = counted.slice(0, MAX_AGENTS).map(({ agent }) => agent);
    this.omitted = {
      agents: all.length - this.#agents.length,
      topics: topics.length - this.#topics.length,
    };
  }

  /** @param visible the keys that an agent sees; undefined to leave it out */
  graph(
    visible: ReadonlySet<string> | undefined,
  ): Pick<RoutingGraph, "agents" | "topics" | "items" | "edges" | "orphans"> {
    return {
      agents: this.#agents.map(({ name, isKnown }) => ({ name, isKnown })),
      topics: this.#topics.map(({ name, items, subscribers }) => ({ name, items, subscribers })),
      items: this.#items.map(({ key, revision, global, state }) => ({
        key,
        revision,
        global,
        state,
        visible: visible?.has(key),
      })),
      edges: [...this.#subscriptions(), ...this.#routes()],
      orphans: this.#orphans(),
    };
  }

  #subscriptions(): readonly GraphEdge[] {
    const topics = new Set(this.#topics.map(({ name }) => name));
    return this.#agents.flatMap(({ name, subscriptions }) =>
      subscriptions
        .filter((topic) => topics.has(topic))
        .map((topic) => ({ type: "subscription" as const, agent: name, topic })),
    );
  }

  #routes(): readonly GraphEdge[] {
    const topics = new Set(this.#topics.map(({ name }) => name));
    const agents = new Set(this.#agents.map(({ name }) => name));
    return this.#items.flatMap(({ key, owner, ...route }): readonly GraphEdge[] => [
      ...route.topics
        .filter((topic) => topics.has(topic))
        .map((topic) => ({ type: "topic" as const, topic, key })),
      ...route.subscribers
        .filter((agent) => agents.has(agent))
        .map((agent) => ({ type: "recipient" as const, agent, key })),
      ...(owner !== undefined && agents.has(owner)
        ? [{ type: "owner" as const, agent: owner, key }]
        : []),
    ]);
  }

  /** Items that no agent but their owner sees: nothing of their route reaches a known agent. */
  #orphans(): readonly string[] {
    const { topics, unknown: names } = this.#parts;
    const subscribed = new Set(
      topics.flatMap(({ name, subscribers }) => (subscribers > 0 ? name : [])),
    );
    const unknown = new Set(names);
    return this.#items
      .filter(
        ({ global, ...route }) =>
          !global &&
          !route.topics.some((topic) => subscribed.has(topic)) &&
          route.subscribers.every((name) => unknown.has(name)),
      )
      .map(({ key }) => key);
  }
}
