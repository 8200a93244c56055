import type { Cursor, Duration, WatchChange } from "@syntha/core";
import { toMs } from "@syntha/core/storage";
import type { Cli } from "../cli.ts";
import { EXIT } from "../exit-code.ts";
import { throwIfInterrupted } from "../interrupt.ts";
import { changeLine } from "../look/change-line.ts";
import { selectionOf, type TailFlags } from "../look/tail.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { actorOf } from "../mesh/person.ts";
import { Deadline } from "./deadline.ts";

export interface WaitFlags extends Omit<TailFlags, "last" | "limit" | "once"> {
  readonly timeout?: string | undefined;
}

/** `syntha wait`: ends with the first change that the agent sees. */
export async function waitForChange(this: Cli, flags: WaitFlags): Promise<void> {
  await using open = await openMesh(this, flags);
  using _ = this.watchReader();
  const agent = actorOf(this, open.mesh, flags.as);
  const change = await firstChange(this, agent, flags);
  if (change !== undefined) {
    if (flags.json) this.out.json(change);
    else
      this.out.print(
        changeLine(change, { paint: this.out.paint, width: this.out.width, now: Date.now() }),
      );
    return;
  }
  throwIfInterrupted(this.signal);
  this.exitCode = EXIT.failed;
  if (flags.json) this.out.json({ type: "timeout" });
  else this.err.print(`Nothing changed within ${flags.timeout}.`);
}

async function firstChange(
  { signal }: Cli,
  agent: ReturnType<typeof actorOf>,
  { timeout, since, ...flags }: WaitFlags,
): Promise<WatchChange | undefined> {
  const ms = timeout === undefined ? undefined : toMs("timeout", timeout as Duration);
  using deadline = new Deadline(ms);
  for await (const change of agent.watch({
    ...selectionOf(flags),
    since: since as Cursor | undefined,
    signal: AbortSignal.any([signal, deadline.signal]),
  }))
    return change;
  return undefined;
}
