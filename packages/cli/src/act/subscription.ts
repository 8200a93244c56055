import type { Cli } from "../cli.ts";
import type { ReaderFlags } from "../commands/flags.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { actorOf } from "../mesh/person.ts";
import { visible } from "../terminal/escape.ts";

/** `syntha subscribe` */
export function subscribe(
  this: Cli,
  flags: ReaderFlags,
  ...topics: readonly string[]
): Promise<void> {
  return change(this, flags, "subscribe", topics);
}

/** `syntha unsubscribe` */
export function unsubscribe(
  this: Cli,
  flags: ReaderFlags,
  ...topics: readonly string[]
): Promise<void> {
  return change(this, flags, "unsubscribe", topics);
}

async function change(
  cli: Cli,
  flags: ReaderFlags,
  action: "subscribe" | "unsubscribe",
  topics: readonly string[],
): Promise<void> {
  await using open = await openMesh(cli, flags, { create: action === "subscribe" });
  const actor = actorOf(cli, open.mesh, flags.as);
  const changed = await actor[action](topics);
  const subscriptions = await actor.subscriptions();
  if (flags.json) return cli.out.json({ agent: actor.name, changed, subscriptions });
  const list = subscriptions.map(visible).join(", ");
  cli.out.print(
    `${cli.out.paint("green", "✓")} ${visible(actor.name)} is subscribed to ${list === "" ? "no topic" : list}`,
  );
}
