import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { RoutingGraph } from "../../api/index.ts";
import { viewer } from "../state/route.ts";
import { Edge } from "./graph-edge.tsx";
import { factsOf } from "./graph-facts.ts";
import { type GraphLayout, type GraphLink, type GraphNode, idOf, reachOf } from "./graph-layout.ts";
import { Node } from "./graph-node.tsx";

/** The graph: edges as SVG, nodes as links over it. */
export function RoutingDrawing({ graph, layout }: { graph: RoutingGraph; layout: GraphLayout }) {
  const [hovered, setHovered] = useState<string>();
  const chosen = viewer.value === undefined ? undefined : idOf("agent", viewer.value);
  const focused =
    hovered ?? (chosen !== undefined && layout.nodes.has(chosen) ? chosen : undefined);
  const reach = focused === undefined ? undefined : reachOf(layout.links, focused);
  const owned = useMemo(() => onlyOwned(layout), [layout]);
  const facts = factsOf(graph);
  const isFaint = ({ id, kind, name }: GraphNode): boolean => {
    if (reach === undefined) return false;
    const item = kind === "item" ? facts.items.get(name) : undefined;
    // What the chosen agent sees is known, also where no way to it is drawn.
    if (item?.visible !== undefined && focused === chosen) return !item.visible;
    const isForAll = item?.global === true && layout.nodes.get(focused ?? "")?.kind === "agent";
    return !isForAll && !reach.has(id);
  };
  return (
    <div class="graph" style={{ width: `${layout.width}px`, height: `${layout.height}px` }}>
      <svg class="edges" width={layout.width} height={layout.height} aria-hidden="true">
        {layout.links.map((link) => (
          <Edge
            key={`${link.type} ${link.from}\n${link.to}`}
            link={link}
            layout={layout}
            focused={focused}
            lit={
              reach === undefined
                ? undefined
                : reach.has(link.from) && reach.has(link.to) && isWay(link, focused)
            }
            hidden={link.type === "owner" && !owned.has(`${link.from}\n${link.to}`)}
            alarm={facts.alarms.has(link.from) || facts.alarms.has(link.to)}
          />
        ))}
      </svg>
      {(["agent", "topic", "item"] as const).map((kind) => (
        <Column
          key={kind}
          kind={kind}
          layout={layout}
          row={(node) => (
            <Node
              node={node}
              layout={layout}
              facts={facts}
              faint={isFaint(node)}
              focused={node.id === focused}
              onHover={setHovered}
            />
          )}
        />
      ))}
    </div>
  );
}

const TITLES = { agent: "Agents", topic: "Topics", item: "Items" } as const;

function Column({
  kind,
  layout,
  row,
}: {
  kind: GraphNode["kind"];
  layout: GraphLayout;
  row: (node: GraphNode) => VNode;
}) {
  const nodes = [...layout.nodes.values()].filter((node) => node.kind === kind);
  if (nodes.length === 0) return null;
  return (
    <section data-column aria-label={TITLES[kind]}>
      <h3 class="graph-title" style={{ left: `${nodes[0]?.x ?? 0}px` }}>
        {TITLES[kind]}
      </h3>
      <ul>
        {nodes.map((node) => (
          <li key={node.id}>{row(node)}</li>
        ))}
      </ul>
    </section>
  );
}

/** Pairs of an agent and an item that no subscription and no name connect as well. */
function onlyOwned({ nodes, links }: GraphLayout): ReadonlySet<string> {
  const topicsOf = Map.groupBy(
    links.filter(({ type }) => type === "subscription"),
    ({ from }) => from,
  );
  const direct = new Set(
    links.flatMap(({ type, from, to }) => (type === "owner" ? [] : [`${from}\n${to}`])),
  );
  return new Set(
    links
      .filter(
        ({ type, from, to }) =>
          type === "owner" &&
          nodes.has(from) &&
          !direct.has(`${from}\n${to}`) &&
          !(topicsOf.get(from) ?? []).some(({ to: topic }) => direct.has(`${topic}\n${to}`)),
      )
      .map(({ from, to }) => `${from}\n${to}`),
  );
}

/** An agent's own subscriptions and the items they bring; of an item, all that leads to it. */
function isWay({ type, from, to }: GraphLink, focused: string | undefined): boolean {
  return type !== "owner" || from === focused || to === focused;
}
