import type { Explanation, ItemHeader, Reason } from "@syntha/core";
import { nearest } from "@syntha/core/storage";
import type { Cli } from "../cli.ts";
import type { PastFlags } from "../commands/flags.ts";
import { openMesh, type OpenMesh } from "../mesh/open-mesh.ts";
import { everyPage } from "../mesh/pages.ts";
import { visible } from "../terminal/escape.ts";
import { styleOfAgent } from "../terminal/paint.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { type Cell, table } from "../terminal/table.ts";
import { wrap } from "../terminal/width.ts";

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
  const { paint, width } = this.out;
  const mark = explanation.visible ? paint("green", "✓") : paint("red", "✗");
  this.out.print(
    `${mark} ${summaryOf(explanation)}`,
    ...reasonsOf(explanation, item).flatMap((reason) =>
      wrap(visible(reason), width - 4).map(
        (line, i) => `  ${i === 0 ? paint("dim", "·") : " "} ${line}`,
      ),
    ),
  );
  const slips = await slipsOf(open, agentOrKey, key, explanation);
  const changes = slips.length > 0 ? slips : remediesOf(explanation, item);
  if (changes.length === 0) return;
  const title = slips.length > 0 ? "What you may mean:" : "What would change it:";
  this.out.print("", title, ...changes.map((line) => `  ${line}`));
}

/** What may be meant instead: the arguments in the other order, or a known agent of a similar name. */
async function slipsOf(
  { mesh }: OpenMesh,
  agent: string,
  key: string,
  { visible: sees, notVisibleBecause }: Explanation,
): Promise<readonly string[]> {
  if (sees) return [];
  if (
    notVisibleBecause === "absent" &&
    (await mesh.system.getItems([agent], { onCorrupt: () => {} })).length > 0
  )
    return [`syntha why ${shellWord(key)} ${shellWord(agent)}    the agent comes first`];
  const { agents, corrupt } = await mesh.agents({ limit: 1_000 });
  const names = [...agents, ...corrupt].map(({ name }) => name);
  if (agent === "system" || names.includes(agent)) return [];
  const [near] = nearest(agent, names, 1);
  const known = `no agent is known as "${visible(agent)}"`;
  return near === undefined
    ? [known]
    : [`syntha why ${shellWord(near)} ${shellWord(key)}    ${known}`];
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

/** Every reason for which an agent sees an item, or what would be one and is not the case. */
function reasonsOf(explanation: Explanation, item: ItemHeader | undefined): readonly string[] {
  if (explanation.visible) return explanation.reasons.map(spell);
  if (explanation.notVisibleBecause !== "not addressed") return [explanation.text];
  if (item === undefined) return [explanation.text];
  const names = (list: readonly string[]): string =>
    list
      .slice(0, 20)
      .map((name) => `"${name}"`)
      .join(", ");
  return [
    item.topics.length === 0
      ? "The item is on no topic."
      : `The item is on ${names(item.topics)}, to which ${explanation.agent} is not subscribed.`,
    item.subscribers.length === 0
      ? "The item names no agent."
      : `The item names ${names(item.subscribers)} instead.`,
    item.owner === undefined ? "The system owns it." : `"${item.owner}" owns it.`,
    "It is not for everyone.",
  ];
}

function spell(reason: Reason): string {
  switch (reason.kind) {
    case "system":
      return "The system sees everything.";
    case "global":
      return "The item is for everyone.";
    case "owner":
      return "It owns the item: it set the route.";
    case "subscriber":
      return "The item names it.";
    case "topic":
      return `It is subscribed to ${reason.topics.map((topic) => `"${topic}"`).join(", ")}.`;
  }
}

/** Commands that would show the item to the agent. */
function remediesOf(
  { agent, topicsToSubscribe, notVisibleBecause, key }: Explanation,
  item: ItemHeader | undefined,
): readonly string[] {
  if (agent === undefined || notVisibleBecause === undefined) return [];
  if (notVisibleBecause === "deleted") return [`syntha history ${shellWord(key)}`];
  if (notVisibleBecause !== "not addressed") return [];
  const blocked = item !== undefined && item.topics.length > 0 && topicsToSubscribe.length === 0;
  return [
    ...topicsToSubscribe
      .slice(0, 3)
      .map((topic) => `syntha subscribe ${shellWord(topic)} --as ${shellWord(agent)}`),
    ...(blocked
      ? [`its permissions allow none of these topics: syntha permissions ${shellWord(agent)}`]
      : []),
    "a route that names it, or is for everyone, set by the item's owner",
  ];
}

async function explainToAll(
  cli: Cli,
  flags: PastFlags,
  open: OpenMesh,
  key: string,
): Promise<void> {
  const explanations: Explanation[] = [];
  for await (const page of everyPage((at) =>
    open.mesh.system.audience(key, { ...at, limit: 1_000 }),
  ))
    explanations.push(...page.explanations);
  if (flags.json) return cli.out.jsonAll(explanations);
  const { paint, width } = cli.out;
  const first = explanations[0];
  if (first?.notVisibleBecause !== undefined && first.notVisibleBecause !== "not addressed")
    return cli.out.print(`${paint("red", "✗")} ${visible(first.text)}`);
  const seeing = explanations.filter((each) => each.visible).length;
  cli.out.print(
    `${seeing} of ${explanations.length} known agents see "${visible(key)}".`,
    table(
      [{ title: "" }, { title: "AGENT", min: 10 }, { title: "WHY", min: 20 }],
      explanations.map((each): readonly Cell[] => [
        each.visible ? ["✓", "green"] : ["✗", "red"],
        [visible(each.agent ?? ""), styleOfAgent(each.agent ?? "")],
        visible(each.visible ? each.reasons.map(spell).join(" ") : shortReason(each)),
      ]),
      { width, paint },
    ),
  );
}

function shortReason({ topicsToSubscribe }: Explanation): string {
  const [topic] = topicsToSubscribe;
  return topic === undefined
    ? "Its route reaches it by nothing."
    : `Subscribing to "${topic}" would show it.`;
}
