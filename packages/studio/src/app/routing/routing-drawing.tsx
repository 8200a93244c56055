import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { RoutingGraph } from "../../api/index.ts";
import { Icon, StateMark } from "../parts/icons.tsx";
import { AgentMark, hueStyle, KeyName, Name } from "../parts/names.tsx";
import { linkTo, viewer } from "../state/route.ts";
import { plural } from "../text/units.ts";
import {
  curve,
  type GraphLayout,
  type GraphLink,
  type GraphNode,
  idOf,
  NODE_HEIGHT,
  reachOf,
} from "./graph-layout.ts";

/** The graph: edges as SVG, nodes as links over it. */
export function RoutingDrawing({ graph, layout }: { graph: RoutingGraph; layout: GraphLayout }) {
  const [hovered, setHovered] = useState<string>();
  const chosen = viewer.value === undefined ? undefined : idOf("agent", viewer.value);
  const focused =
    hovered ?? (chosen !== undefined && layout.nodes.has(chosen) ? chosen : undefined);
  const reach = focused === undefined ? undefined : reachOf(layout.links, focused);
  const owned = useMemo(() => onlyOwned(layout), [layout]);
  const facts = factsOf(graph);
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
              faint={reach !== undefined && !reach.has(node.id)}
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

function Edge({
  link,
  layout,
  focused,
  lit,
  alarm,
  hidden,
}: {
  link: GraphLink;
  layout: GraphLayout;
  focused: string | undefined;
  lit: boolean | undefined;
  alarm: boolean;
  hidden: boolean;
}) {
  if (hidden) return null;
  // Owning shows nothing to others: drawn only for the one that is looked at.
  if (link.type === "owner" && link.from !== focused && link.to !== focused) return null;
  const tone = lit === undefined ? "" : lit ? " lit" : " faint";
  const agent = layout.nodes.get(link.from);
  return (
    <path
      class={`edge edge-${alarm && link.type !== "owner" ? "alarm" : link.type}${tone}`}
      style={agent?.kind === "agent" ? hueStyle(agent.name) : {}}
      d={curve(layout, link)}
    />
  );
}

interface Facts {
  /** Nodes that reach no one. */
  readonly alarms: ReadonlySet<string>;
  readonly agents: ReadonlyMap<string, RoutingGraph["agents"][number]>;
  readonly topics: ReadonlyMap<string, RoutingGraph["topics"][number]>;
  readonly items: ReadonlyMap<string, RoutingGraph["items"][number]>;
}

function factsOf(graph: RoutingGraph): Facts {
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

function Node({
  node,
  layout,
  facts,
  faint,
  focused,
  onHover,
}: {
  node: GraphNode;
  layout: GraphLayout;
  facts: Facts;
  faint: boolean;
  focused: boolean;
  onHover: (id: string | undefined) => void;
}) {
  const alarm = facts.alarms.has(node.id);
  const unseen = node.kind === "item" && facts.items.get(node.name)?.visible === false;
  const classes = [
    "node",
    `node-${node.kind}`,
    alarm ? "alarm" : "",
    faint || unseen ? "dimmed" : "",
    focused ? "focused" : "",
  ];
  return (
    <a
      class={classes.filter((each) => each !== "").join(" ")}
      style={{
        left: `${node.x}px`,
        top: `${node.y - NODE_HEIGHT / 2}px`,
        width: `${layout.nodeWidth}px`,
        ...(node.kind === "agent" ? hueStyle(node.name) : {}),
      }}
      href={hrefOf(node)}
      data-nav
      data-key={node.kind === "item" ? node.name : undefined}
      onPointerEnter={() => onHover(node.id)}
      onPointerLeave={() => onHover(undefined)}
      onFocus={() => onHover(node.id)}
      onBlur={() => onHover(undefined)}
    >
      <NodeText node={node} facts={facts} />
      {alarm && (
        <>
          <Icon name="warning" size={14} />
          <span class="unseen">{alarmOf(node)}</span>
        </>
      )}
    </a>
  );
}

function NodeText({ node, facts }: { node: GraphNode; facts: Facts }) {
  switch (node.kind) {
    case "agent":
      return (
        <>
          <AgentMark name={node.name} />
          <span class="grow row">
            <Name text={node.name} />
          </span>
        </>
      );
    case "topic":
      return (
        <>
          <span class="quiet">#</span>
          <span class="grow row">
            <Name text={node.name} />
          </span>
          <span
            class="quiet number"
            title={plural(facts.topics.get(node.name)?.items ?? 0, "item")}
          >
            {facts.topics.get(node.name)?.items}
          </span>
        </>
      );
    case "item": {
      const item = facts.items.get(node.name);
      return (
        <>
          <StateMark state={item?.state ?? "open"} />
          <span class="grow row">
            <KeyName text={node.name} />
          </span>
          {item?.global === true && (
            <span class="quiet" title="for everyone">
              <Icon name="eye" size={14} />
            </span>
          )}
        </>
      );
    }
  }
}

function alarmOf({ kind }: GraphNode): string {
  if (kind === "agent") return ", unknown agent";
  return kind === "topic" ? ", without subscribers" : ", seen by no one but its owner";
}

function hrefOf(node: GraphNode): string {
  switch (node.kind) {
    case "agent":
      return linkTo({ as: viewer.value === node.name ? undefined : node.name });
    case "topic":
      return linkTo({ topic: node.name });
    case "item":
      return linkTo({ item: node.name, tab: "why" });
  }
}
