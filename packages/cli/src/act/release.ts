import type { Duration } from "@syntha/core";
import { checkAgentName, toMs } from "@syntha/core/storage";
import type { Cli } from "../cli.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { visible } from "../terminal/escape.ts";
import { actAsSystem, actorText } from "./action.ts";

export interface ReleaseFlags extends MeshFlags {
  readonly agent?: string | undefined;
  readonly reason?: string | undefined;
  readonly retryIn?: string | undefined;
}

/** `syntha release`: takes a task from the agent that holds it. */
export async function releaseTask(this: Cli, flags: ReleaseFlags, key: string): Promise<void> {
  const { agent, reason: error } = flags;
  // Before the act is recorded.
  if (agent !== undefined)
    checkAgentName(agent, "Leave out --agent to release what the system itself holds.");
  const retryIn =
    flags.retryIn === undefined ? undefined : toMs("retryIn", flags.retryIn as Duration, true);
  await using open = await openMesh(this, flags);
  const options = { agent, error, retryIn };
  const record = { action: "release", key, ...(agent !== undefined && { agent }) };
  const { result, ...by } = await actAsSystem(this, open.mesh, record, (system) =>
    system.release(key, options),
  );
  if (flags.json) return this.out.json({ key, ...result, ...by });
  const holder = visible(result.agent ?? "the system");
  this.out.print(
    `${this.out.paint("green", "✓")} ${visible(key)} is open again: ${holder} no longer holds it, by ${actorText(by)}`,
  );
}
