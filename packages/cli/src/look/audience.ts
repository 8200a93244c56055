import type { Explanation } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastFlags } from "../commands/flags.ts";
import type { OpenMesh } from "../mesh/open-mesh.ts";
import { everyPage } from "../mesh/pages.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { visible } from "../terminal/escape.ts";
import { styleOfAgent } from "../terminal/paint.ts";
import { type Cell, table } from "../terminal/table.ts";
import { reasonText } from "./reason-text.ts";

/** `syntha why KEY`: the same for every known agent. */
export async function explainToAll(
  cli: Cli,
  flags: PastFlags,
  open: OpenMesh,
  key: string,
): Promise<void> {
  const explanations: Explanation[] = [];
  for await (const page of everyPage(open, (at) =>
    open.mesh.system.audience(key, { ...at, limit: 1_000 }),
  ))
    explanations.push(...page.explanations);
  if (flags.json) return cli.out.jsonAll(explanations);
  const { paint, width } = cli.out;
  const first = explanations[0];
  if (first === undefined)
    return cli.out.print(paint("dim", await emptyText(open, "No agents are known yet.")));
  if (first.notVisibleBecause !== undefined && first.notVisibleBecause !== "not addressed")
    return cli.out.print(`${paint("red", "✗")} ${visible(first.text)}`);
  const seeing = explanations.filter((each) => each.visible).length;
  cli.out.print(
    `${seeing} of ${explanations.length} known agents see "${visible(key)}".`,
    table(
      [{ title: "" }, { title: "AGENT", min: 10 }, { title: "WHY", min: 20 }],
      explanations.map((each): readonly Cell[] => [
        each.visible ? ["✓", "green"] : ["✗", "red"],
        [visible(each.agent ?? ""), styleOfAgent(each.agent ?? "")],
        visible(each.visible ? each.reasons.map(reasonText).join(" ") : shortReason(each)),
      ]),
      { width, paint },
    ),
  );
}

function shortReason({ topicsToSubscribe }: Explanation): string {
  const [topic] = topicsToSubscribe;
  return topic === undefined
    ? "The item's route does not include it."
    : `Subscribing to "${topic}" would show it.`;
}
