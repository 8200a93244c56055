import type { GraphEdge, RoutingGraph } from "../../api/index.ts";

export type NodeKind = "agent" | "topic" | "item";

export interface GraphNode {
  /** Unique in the graph. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** The middle of its left edge. */
  readonly x: number;
  readonly y: number;
}

export interface GraphLink {
  readonly type: GraphEdge["type"];
  readonly from: string;
  readonly to: string;
}

export interface GraphLayout {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly links: readonly GraphLink[];
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
}

export const NODE_HEIGHT = 28;
const GAP = 8;
const HEAD = 36;
const NARROWEST = 640;
const ROUNDS = 4;

/**
 * Agents left, topics in the middle, items right, ordered so that few edges cross.
 *
 * @param first a node whose paths come before the others
 */
export function layOut(graph: RoutingGraph, availableWidth: number, first?: string): GraphLayout {
  const links = graph.edges.map(toLink);
  const columns: Record<NodeKind, string[]> = {
    agent: graph.agents.map(({ name }) => idOf("agent", name)),
    topic: graph.topics.map(({ name }) => idOf("topic", name)),
    item: graph.items.map(({ key }) => idOf("item", key)),
  };
  const neighbours = neighboursOf(links);
  for (let round = 0; round < ROUNDS; round++) {
    columns.topic = ordered(columns.topic, neighbours, rank(columns.agent, columns.item));
    columns.agent = ordered(columns.agent, neighbours, rank(columns.topic, columns.item));
    columns.item = ordered(columns.item, neighbours, rank(columns.topic, columns.agent));
  }
  if (first !== undefined) {
    const reached = reachOf(links, first);
    for (const kind of ["agent", "topic", "item"] as const)
      columns[kind].sort((left, right) => Number(reached.has(right)) - Number(reached.has(left)));
  }
  const width = Math.max(NARROWEST, availableWidth);
  const nodeWidth = Math.min(280, Math.max(160, Math.round(width * 0.23)));
  const longest = Math.max(1, ...Object.values(columns).map(({ length }) => length));
  const height = HEAD + longest * (NODE_HEIGHT + GAP) + GAP;
  const left: Record<NodeKind, number> = {
    agent: 0,
    topic: Math.round((width - nodeWidth) / 2),
    item: width - nodeWidth,
  };
  const nodes = new Map<string, GraphNode>();
  for (const kind of ["agent", "topic", "item"] as const) {
    // Shorter columns spread, so that edges run rather level.
    const step = Math.min(2 * NODE_HEIGHT, (height - HEAD) / Math.max(1, columns[kind].length));
    columns[kind].forEach((id, index) =>
      nodes.set(id, {
        id,
        kind,
        name: id.slice(kind.length + 1),
        x: left[kind],
        y: HEAD + step * (index + 0.5),
      }),
    );
  }
  return { nodes, links, width, height, nodeWidth };
}

export function idOf(kind: NodeKind, name: string): string {
  return `${kind} ${name}`;
}

/** A curve from the right edge of one node to the left edge of another. */
export function curve({ nodes, nodeWidth }: GraphLayout, { from, to }: GraphLink): string {
  const [start, end] = [nodes.get(from), nodes.get(to)];
  if (start === undefined || end === undefined) return "";
  const x = start.x + nodeWidth;
  const bend = (end.x - x) / 2;
  return `M${x} ${start.y}C${x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
}

/** What an agent, topic or item is connected with: what lights up with it. */
export function reachOf(links: readonly GraphLink[], id: string): ReadonlySet<string> {
  const reached = new Set([id]);
  const kind = id.slice(0, id.indexOf(" "));
  const follow = (test: (link: GraphLink) => boolean, end: "from" | "to"): void => {
    for (const link of links) if (test(link)) reached.add(link[end]);
  };
  if (kind === "agent") {
    follow(({ from }) => from === id, "to");
    follow(({ type, from }) => type === "topic" && reached.has(from), "to");
  } else if (kind === "topic") {
    follow(({ from }) => from === id, "to");
    follow(({ type, to }) => type === "subscription" && to === id, "from");
  } else {
    follow(({ to }) => to === id, "from");
    follow(({ type, to }) => type === "subscription" && reached.has(to), "from");
  }
  return reached;
}

function toLink(edge: GraphEdge): GraphLink {
  switch (edge.type) {
    case "subscription":
      return { type: edge.type, from: idOf("agent", edge.agent), to: idOf("topic", edge.topic) };
    case "topic":
      return { type: edge.type, from: idOf("topic", edge.topic), to: idOf("item", edge.key) };
    case "recipient":
    case "owner":
      return { type: edge.type, from: idOf("agent", edge.agent), to: idOf("item", edge.key) };
  }
}

function neighboursOf(links: readonly GraphLink[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (id: string, other: string): void => {
    const list = found.get(id);
    if (list === undefined) found.set(id, [other]);
    else list.push(other);
  };
  for (const { type, from, to } of links) {
    if (type === "owner") continue;
    add(from, to);
    add(to, from);
  }
  return found;
}

/** The place of each node in its column, as a share of the column. */
function rank(...columns: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  return new Map(
    columns.flatMap((column) =>
      column.map((id, index) => [id, (index + 0.5) / column.length] as const),
    ),
  );
}

/** By the mean place of the neighbours; nodes without any go last. */
function ordered(
  ids: readonly string[],
  neighbours: ReadonlyMap<string, readonly string[]>,
  places: ReadonlyMap<string, number>,
): string[] {
  const mean = new Map(
    ids.map((id) => {
      const known = (neighbours.get(id) ?? []).flatMap((other) => places.get(other) ?? []);
      return [
        id,
        known.length === 0 ? 2 : known.reduce((sum, each) => sum + each, 0) / known.length,
      ];
    }),
  );
  return [...ids].sort((left, right) => (mean.get(left) ?? 0) - (mean.get(right) ?? 0));
}
