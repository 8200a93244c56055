import { expect, it } from "vitest";
import type { ItemSummary, RoutingGraph } from "../src/api/index.ts";
import { idOf, layOut, reachOf } from "../src/app/routing/graph-layout.ts";
import { layOutTasks } from "../src/app/tasks/dependency-layout.ts";

const GRAPH: RoutingGraph = {
  agents: ["Ann", "Bob"].map((name) => ({ name, isKnown: true })),
  topics: ["news", "work"].map((name) => ({ name, items: 1, subscribers: 1 })),
  items: ["n", "w"].map((key) => ({ key, revision: 1, global: false, state: "open" })),
  edges: [
    { type: "subscription", agent: "Bob", topic: "news" },
    { type: "subscription", agent: "Ann", topic: "work" },
    { type: "topic", topic: "news", key: "n" },
    { type: "topic", topic: "work", key: "w" },
    { type: "recipient", agent: "Ann", key: "n" },
  ],
  topicsWithoutSubscribers: [],
  unknownRecipients: [],
  orphans: [],
  omitted: { agents: 0, topics: 0, items: 0 },
};

it("places agents left of topics, and topics left of items", () => {
  const { nodes, nodeWidth } = layOut(GRAPH, 1000);
  const right = (id: string): number => (nodes.get(id)?.x ?? 0) + nodeWidth;
  expect(right(idOf("agent", "Ann"))).toBeLessThan(nodes.get(idOf("topic", "news"))?.x ?? 0);
  expect(right(idOf("topic", "news"))).toBeLessThan(nodes.get(idOf("item", "n"))?.x ?? 0);
});

it("lights what leads an agent to its items", () => {
  const { links } = layOut(GRAPH, 1000);
  expect(reachOf(links, idOf("agent", "Bob"))).toEqual(
    new Set([idOf("agent", "Bob"), idOf("topic", "news"), idOf("item", "n")]),
  );
  expect(reachOf(links, idOf("item", "n"))).toEqual(
    new Set([idOf("item", "n"), idOf("topic", "news"), idOf("agent", "Ann"), idOf("agent", "Bob")]),
  );
});

it("draws the paths of the chosen agent first", () => {
  const top = (first: string): boolean => {
    const { nodes } = layOut(GRAPH, 1000, idOf("agent", first));
    return (nodes.get(idOf("agent", "Ann"))?.y ?? 0) < (nodes.get(idOf("agent", "Bob"))?.y ?? 0);
  };
  expect([top("Ann"), top("Bob")]).toEqual([true, false]);
});

it("places a task right of all that it waits for", () => {
  const { placed, columns } = layOutTasks([
    task("d", ["a", "c"]),
    task("a"),
    task("c", ["b"]),
    task("b", ["a"]),
    task("alone"),
  ]);
  const column = (key: string): number | undefined => placed.get(key)?.column;
  expect(["a", "b", "c", "d", "alone"].map(column)).toEqual([0, 1, 2, 3, undefined]);
  expect(columns).toBe(4);
});

it("ends on dependencies that form a circle", () => {
  expect(layOutTasks([task("a", ["b"]), task("b", ["a"])]).placed.size).toBe(2);
});

function task(key: string, dependsOn: readonly string[] = []): ItemSummary {
  const time = "2026-11-30T12:00:00.000Z";
  return {
    key,
    topics: ["work"],
    subscribers: [],
    global: false,
    revision: 1,
    state: "open",
    createdAt: time,
    updatedAt: time,
    attempts: 0,
    priority: 0,
    dependsOn,
    pendingDependencies: dependsOn,
    preview: "",
    bytes: 2,
  };
}
