import type { CompactOptions, Duration } from "@syntha/core";
import { toMs } from "@syntha/core/storage";
import { UsageError } from "@syntha/mcp/storage";
import { actAsSystem } from "../act/action.ts";
import type { Cli } from "../cli.ts";
import { noteInterruption } from "../interrupt.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { count } from "../terminal/age.ts";
import { Progress } from "../terminal/progress.ts";

export interface CompactFlags extends MeshFlags {
  readonly log?: string | undefined;
  readonly history?: string | undefined;
  readonly events?: string | undefined;
}

/** `syntha compact`: the retention is named on the command line, as that of the programs is not known here. */
export async function compactMesh(this: Cli, flags: CompactFlags): Promise<void> {
  const { log, history, events } = flags;
  if (log === undefined && history === undefined && events === undefined)
    throw new UsageError("Name what to keep: --log 7d, --history 30d or --events 30d");
  // Before the act is recorded.
  const retention = {
    log: toRetention("log", log),
    history: toRetention("history", history),
    events: toRetention("events", events),
  };
  await using open = await openMesh(this, flags);
  using progress = new Progress(this.err, "compacting");
  const record = {
    action: "compact",
    log: log ?? null,
    history: history ?? null,
    events: events ?? null,
  };
  const compacting = actAsSystem(this, open.mesh, record, () =>
    open.mesh.compact({
      ...retention,
      signal: this.signal,
      onProgress: ({ removed }) => progress.update(removed, undefined, "removed record"),
    } satisfies CompactOptions),
  );
  const note = "Interrupted. Some records are removed; the same command removes the rest.";
  const { result } = await noteInterruption(this.signal, note, compacting);
  progress[Symbol.dispose]();
  const swept = await open.mesh.sweep();
  if (flags.json) return this.out.json({ ...result, swept });
  this.out.print(
    `${this.out.paint("green", "✓")} removed ${count(result.removed, "record")} and ${count(swept, "expired item")}; the log starts after #${result.floor}`,
  );
}

/** What is not named is kept. @throws INVALID_ARGUMENTS */
function toRetention(option: string, age: string | undefined): number | false {
  return age === undefined ? false : toMs(option, age as Duration, true);
}
