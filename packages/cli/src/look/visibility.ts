import type { AgentFilter, Explanation, ItemHeader } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastFlags } from "../commands/flags.ts";
import { nearestName } from "../mesh/nearest-name.ts";
import { openMesh, type OpenMesh } from "../mesh/open-mesh.ts";
import { otherTenants } from "../mesh/other-tenants.ts";
import { visible } from "../terminal/escape.ts";
import { commandText } from "../terminal/shell-word.ts";
import { wrap } from "../terminal/width.ts";
import { explainToAll } from "./audience.ts";
import { reasonTexts } from "./reason-text.ts";

/** `syntha why AGENT KEY`, or `syntha why KEY` */
export async function explainVisibility(
  this: Cli,
  flags: PastFlags,
  agentOrKey: string,
  key?: string,
): Promise<void> {
  await using open = await openMesh(this, flags);
  if (key === undefined) return await explainToAll(this, flags, open, agentOrKey);
  const { system } = open.mesh;
  const explanation = await (agentOrKey === system.name
    ? system.explain(key)
    : system.explain(agentOrKey, key));
  if (flags.json) return this.out.json(explanation);
  const item = await headerOf(open, key);
  const slips = await slipsOf(open, agentOrKey, key, explanation);
  const others = await otherTenants(open);
  const reasons = [
    ...reasonTexts(explanation, item),
    ...(slips.isUnknown ? [`No agent is known as "${agentOrKey}".`] : []),
    ...(others === undefined ? [] : [others]),
  ];
  const { paint, width } = this.out;
  const mark = explanation.visible ? paint("green", "✓") : paint("red", "✗");
  this.out.print(
    `${mark} ${summaryOf(explanation)}`,
    ...reasons.flatMap((reason) =>
      wrap(visible(reason), width - 4).map(
        (line, i) => `  ${i === 0 ? paint("dim", "·") : " "} ${line}`,
      ),
    ),
  );
  const isSlip = slips.commands.length > 0;
  const changes = isSlip ? slips.commands : remediesOf(explanation, item);
  if (changes.length === 0) return;
  const title = isSlip ? "Did you mean:" : "What would change it:";
  this.out.print("", title, ...changes.map((line) => `  ${line}`));
}

interface Slips {
  /** Whether no agent has this name, at least not yet. */
  readonly isUnknown: boolean;
  /** What may be meant. */
  readonly commands: readonly string[];
}

const NO_SLIPS: Slips = { isUnknown: false, commands: [] };

/** What may be meant instead: the arguments in the other order, or a known agent of a similar name. */
async function slipsOf(
  { mesh }: OpenMesh,
  agent: string,
  key: string,
  { visible: sees, notVisibleBecause }: Explanation,
): Promise<Slips> {
  if (sees) return NO_SLIPS;
  if (
    notVisibleBecause === "absent" &&
    (await mesh.system.getItems([agent], { onCorrupt: () => {} })).length > 0
  )
    return {
      isUnknown: false,
      commands: [`${commandText("why", [key, agent])}    the agent comes first`],
    };
  const readNames = async (filter: AgentFilter): Promise<readonly string[]> => {
    const { agents, corrupt } = await mesh.agents(filter);
    return [...agents, ...corrupt].map(({ name }) => name);
  };
  // A name precedes those that it is a prefix of.
  const [first] = await readNames({ prefix: agent, limit: 1 });
  if (agent === "system" || first === agent) return NO_SLIPS;
  const near = await nearestName(agent, readNames);
  const commands = near === undefined ? [] : [commandText("why", [near, key])];
  return { isUnknown: true, commands };
}

/** Of a damaged item too. */
async function headerOf({ mesh }: OpenMesh, key: string): Promise<ItemHeader | undefined> {
  let damaged: ItemHeader | undefined;
  const [item] = await mesh.system.getItems([key], { onCorrupt: (each) => (damaged = each) });
  return item ?? damaged;
}

function summaryOf({ agent = "The system", key, visible: sees }: Explanation): string {
  return `${visible(agent)} ${sees ? "sees" : "does not see"} "${visible(key)}".`;
}

/** Commands that would show the item to the agent. */
function remediesOf(
  { agent, topicsToSubscribe, notVisibleBecause, key }: Explanation,
  item: ItemHeader | undefined,
): readonly string[] {
  if (agent === undefined || notVisibleBecause === undefined) return [];
  if (notVisibleBecause === "deleted") return [commandText("history", [key])];
  if (notVisibleBecause !== "not addressed") return [];
  const blocked = item !== undefined && item.topics.length > 0 && topicsToSubscribe.length === 0;
  return [
    ...topicsToSubscribe
      .slice(0, 3)
      .map((topic) => commandText("subscribe", [topic], { as: agent })),
    ...(blocked
      ? [`its permissions allow none of these topics: ${commandText("permissions", [agent])}`]
      : []),
    "a route that names it, or is for everyone, set by the item's owner",
  ];
}
