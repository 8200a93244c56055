import type { AgentProfile, AgentSummary, CorruptAgent, Permissions } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastReaderFlags } from "../commands/flags.ts";
import { openMesh, viewOf } from "../mesh/open-mesh.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { everyPage } from "../mesh/pages.ts";
import { ageOf } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { styleOfAgent } from "../terminal/paint.ts";
import { type Cell, table } from "../terminal/table.ts";
import type { ViewOptions } from "./items.ts";
import { listText } from "./route-text.ts";

type Shown = AgentProfile | AgentSummary | CorruptAgent;

/** `syntha agents` */
export async function listAgents(
  this: Cli,
  flags: PastReaderFlags,
  prefix?: string,
): Promise<void> {
  await using open = await openMesh(this, flags);
  const view = viewOf(open.mesh, flags.as);
  const filter = { ...(prefix !== undefined && { prefix }), limit: 1_000 };
  const agents: Shown[] = [];
  if (view.isSystem)
    for await (const page of everyPage(open, (at) => open.mesh.agents({ ...filter, ...at })))
      agents.push(...page.agents, ...page.corrupt);
  else
    for await (const page of everyPage(open, (at) => view.agents({ ...filter, ...at })))
      agents.push(...page.agents);
  if (flags.json) return this.out.jsonAll(agents);
  const { paint, width } = this.out;
  if (agents.length === 0)
    return this.out.print(
      paint(
        "dim",
        await emptyText(
          open,
          "No agents yet. An agent is listed once it subscribes, writes, claims or announces itself.",
        ),
      ),
    );
  this.out.print(agentLines(agents, { paint, width, now: open.now }));
}

/** Agents as a table. */
export function agentLines(agents: readonly Shown[], view: ViewOptions): readonly string[] {
  return table(
    [
      { title: "AGENT", min: 10 },
      { title: "SEEN", align: "right" },
      { title: "LEASES", align: "right" },
      { title: "SUBSCRIBED TO", min: 13 },
      { title: "ALLOWED", min: 8 },
      { title: "ABOUT", min: 8 },
    ],
    agents.map((agent): readonly Cell[] => [
      [visible(agent.name), styleOfAgent(agent.name)],
      agent.lastSeen === undefined ? "never" : ageOf(agent.lastSeen, view.now),
      agent.leases === 0 ? "" : String(agent.leases),
      listText(agent.subscriptions.map(visible)),
      permissionCell(agent),
      visible(agent.description ?? agent.capabilities.join(", ")),
    ]),
    view,
  );
}

function permissionCell(agent: Shown): Cell {
  if ("error" in agent) return ["damaged", "red"];
  const permissions = "permissions" in agent ? agent.permissions : null;
  return permissions === null ? "" : [permissionText(permissions), "yellow"];
}

/** What permissions allow, such as `post sales; subscribe *`. */
export function permissionText({ post, subscribe, global, direct }: Permissions): string {
  const topics = (names: Permissions["post"]): string =>
    names === "*" ? "*" : names.map(visible).join(", ");
  const parts = [
    post.length > 0 ? `post ${topics(post)}` : "",
    subscribe.length > 0 ? `subscribe ${topics(subscribe)}` : "",
    global ? "global" : "",
    direct ? "direct" : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nothing" : parts.join("; ");
}
