import { Icon, StateMark } from "../parts/icons.tsx";
import { AgentMark, hueStyle, KeyName, Name } from "../parts/names.tsx";
import { linkTo, viewer } from "../state/route.ts";
import { plural } from "../text/units.ts";
import type { GraphFacts } from "./graph-facts.ts";
import { type GraphLayout, type GraphNode, NODE_HEIGHT } from "./graph-layout.ts";

/** An agent, a topic or an item of the graph: a link to its place. */
export function Node({
  node,
  layout,
  facts,
  faint,
  focused,
  onHover,
}: {
  node: GraphNode;
  layout: GraphLayout;
  facts: GraphFacts;
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

function NodeText({ node, facts }: { node: GraphNode; facts: GraphFacts }) {
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
