import type { Duration } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { ReaderFlags } from "../commands/flags.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { actorOf } from "../mesh/person.ts";
import { readText } from "../mesh/read-text.ts";
import { visible } from "../terminal/escape.ts";
import { jsonLines } from "../terminal/json-view.ts";
import { routeWarnings } from "./push.ts";

export interface SayFlags extends ReaderFlags {
  readonly ask?: boolean | undefined;
  readonly timeout?: string | undefined;
  readonly ttl?: string | undefined;
}

const DEFAULT_TTL = "7d";

/** `syntha say`: an item that names the agent; with `--ask`, a task whose result it prints. */
export async function sayToAgent(
  this: Cli,
  flags: SayFlags,
  agent: string,
  message: string,
): Promise<void> {
  const text = message === "-" ? await readText(this) : message;
  await using open = await openMesh(this, flags);
  const actor = actorOf(this, open.mesh, flags.as);
  const { paint } = this.out;
  if (flags.ask) {
    const { timeout = "5m" } = flags;
    using _ = this.watchReader();
    const answer = await actor.ask(agent, text, {
      timeout: timeout as Duration,
      signal: this.signal,
    });
    if (flags.json) this.out.json({ answer, actor: actor.name });
    else this.out.print(jsonLines(answer, paint));
    return;
  }
  // In the order of time where keys are listed.
  const key = `message:${new Date().toISOString().slice(0, 19)}-${crypto.randomUUID().slice(0, 4)}`;
  const ttl = (flags.ttl ?? DEFAULT_TTL) as Duration;
  const pushed = await actor.push(key, text, { subscribers: [agent], ttl, ifRevision: 0 });
  if (flags.json) return this.out.json({ ...pushed, actor: actor.name });
  this.out.print(
    `${paint("green", "✓")} ${visible(agent)} sees it as ${paint("bold", key)}, from ${visible(actor.name)}`,
    ...routeWarnings(pushed, paint),
  );
}
