import { hueStyle } from "../parts/names.tsx";
import { curve, type GraphLayout, type GraphLink } from "./graph-layout.ts";

/** A subscription, or a part of a route, as a curve. */
export function Edge({
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
