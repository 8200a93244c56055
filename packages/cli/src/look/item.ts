import { type Item, SynthaError } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastReaderFlags } from "../commands/flags.ts";
import { nearestName } from "../mesh/nearest-name.ts";
import { openMesh, type OpenMesh, viewOf } from "../mesh/open-mesh.ts";
import { otherTenants } from "../mesh/other-tenants.ts";
import { ageOf, span } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { jsonLines } from "../terminal/json-view.ts";
import type { Paint } from "../terminal/paint.ts";
import { commandText } from "../terminal/shell-word.ts";
import { authorCell } from "./items.ts";
import { routeText } from "./route-text.ts";
import { STATES } from "./state-cell.ts";

export interface GetFlags extends PastReaderFlags {
  readonly raw?: boolean | undefined;
}

/** `syntha get` */
export async function showItem(this: Cli, flags: GetFlags, key: string): Promise<void> {
  await using open = await openMesh(this, flags);
  const view = viewOf(open.mesh, flags.as);
  const item = await view.getItem(key);
  if (item === undefined) throw await noItem(open, view, key);
  if (flags.json) this.out.json(item);
  else if (flags.raw) this.out.raw(item.value);
  else this.out.print(itemText(item, this.out.paint, open.now));
}

type View = ReturnType<typeof viewOf>;

async function noItem(open: OpenMesh, view: View, key: string): Promise<SynthaError> {
  const others = await otherTenants(open);
  const near = await nearestName(key, async (filter) => {
    const { items } = await view.list({ ...filter, values: false });
    return items.map((each) => each.key);
  });
  const guess = near === undefined ? "" : `Did you mean "${near}"? `;
  const who = view.isSystem ? "" : ` for ${view.name}`;
  const advice = view.isSystem
    ? `syntha history shows what a deleted key held.`
    : `${commandText("why", [view.name, key])} explains why.`;
  return new SynthaError("NOT_FOUND", `There is no item "${key}"${who}.`, {
    hint: others ?? guess + advice,
  });
}

/** An item for a person: a line on what it is for each part that it has, and its value. */
export function itemText(item: Item, paint: Paint, now: number): readonly string[] {
  const { symbol, style } = STATES[item.state];
  const agent = (name: string | undefined): string => {
    const [text, color] = authorCell(name) as readonly [string, "dim"];
    return paint(color, text);
  };
  const facts: (readonly [string, string])[] = [
    ["state", paint(style, `${symbol} ${item.state}`) + taskText(item)],
    ["for", routeText(item)],
    ["owner", agent(item.owner)],
    [
      "written",
      `${ageOf(item.updatedAt, now)} ago by ${agent(item.author)}, revision ${item.revision}`,
    ],
    ["created", `${ageOf(item.createdAt, now)} ago`],
  ];
  if (item.expiresAt !== undefined)
    facts.push(["expires", `in ${span(item.expiresAt.getTime() - now)}`]);
  if (item.notBefore !== undefined && item.notBefore.getTime() > now)
    facts.push(["starts", `in ${span(item.notBefore.getTime() - now)}`]);
  if (item.dependsOn.length > 0)
    facts.push(["depends on", item.dependsOn.map((each) => dependencyText(item, each)).join(", ")]);
  if (item.lastFailure !== undefined)
    facts.push([
      "last failure",
      `${visible(item.lastFailure.message)} (${agent(item.lastFailure.agent)})`,
    ]);
  return [
    paint("bold", visible(item.key)),
    ...facts.map(([name, value]) => `  ${paint("dim", name.padEnd(13))}${value}`),
    "",
    ...jsonLines(item.value, paint),
  ];
}

function taskText({ attempts, priority }: Item): string {
  const tried = attempts > 0 ? `, ${attempts} ${attempts === 1 ? "attempt" : "attempts"}` : "";
  return tried + (priority === 0 ? "" : `, priority ${priority}`);
}

function dependencyText(item: Item, key: string): string {
  return visible(key) + (item.pendingDependencies.includes(key) ? " (pending)" : " ✓");
}
