import type { Topic } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastReaderFlags } from "../commands/flags.ts";
import { everyPage } from "../mesh/pages.ts";
import { openMesh, viewOf } from "../mesh/open-mesh.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { visible } from "../terminal/escape.ts";
import type { Paint } from "../terminal/paint.ts";
import { commandText } from "../terminal/shell-word.ts";
import { table } from "../terminal/table.ts";

/** `syntha topics` */
export async function listTopics(
  this: Cli,
  flags: PastReaderFlags,
  prefix?: string,
): Promise<void> {
  await using open = await openMesh(this, flags);
  const view = viewOf(open.mesh, flags.as);
  const topics: Topic[] = [];
  for await (const page of everyPage(open, (at) =>
    view.topics({ ...(prefix !== undefined && { prefix }), ...at, limit: 1_000 }),
  ))
    topics.push(...page.topics);
  if (flags.json) return this.out.jsonAll(topics);
  const { paint, width } = this.out;
  if (topics.length === 0)
    return this.out.print(
      paint(
        "dim",
        await emptyText(
          open,
          "No topics yet. A topic exists while an item is on it or an agent is subscribed.",
        ),
      ),
    );
  this.out.print(topicLines(topics, { paint, width }));
}

/** Topics as a table, with a note on those that no agent is subscribed to. */
export function topicLines(
  topics: readonly Topic[],
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  const lines = table(
    [
      { title: "TOPIC", min: 12 },
      { title: "ITEMS", align: "right" },
      { title: "SUBSCRIBERS", align: "right" },
      { title: "", min: 10 },
    ],
    topics.map(({ name, items, subscribers }) => [
      [visible(name), "bold"],
      String(items),
      String(subscribers),
      subscribers === 0 ? ["! no subscribers", "yellow"] : "",
    ]),
    { width, paint },
  );
  const withoutSubscribers = topics.find(({ subscribers }) => subscribers === 0);
  if (withoutSubscribers === undefined) return lines;
  const command = commandText("subscribe", [withoutSubscribers.name], { as: "AGENT" });
  const advice = `${command} shows an agent its items.`;
  return [...lines, "", paint("dim", advice)];
}
